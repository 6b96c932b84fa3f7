"""`now()`, `random()`, `uuid4()` and `sleep()`: what every pass over a place reads the same."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from runs import Base, boom, history_of, inc, outcome

from simpleflow.exceptions import TaskException, WorkflowFailed
from simpleflow.local import Executor


class Clocked(Base):
    def run(self) -> Any:
        began = self.now()
        assert began.tzinfo is not None
        future = self.submit(self.start_timer("t", 5))
        before = self.now()
        future.wait()
        after = self.now()
        return [(before - began).total_seconds(), (after - began).total_seconds() >= 5]


def test_now_moves_only_by_what_was_waited_for() -> None:
    assert outcome(Clocked) == [0, True]


SEEN: list[Any] = []


class Peeking(Base):
    def run(self) -> None:
        short, long = self.submit(self.start_timer("a", 5)), self.submit(self.start_timer("b", 50))
        began = self.now()
        _ = (long.done, long.state)
        SEEN.append((self.now() - began).total_seconds())
        short.wait()
        long.wait()


def test_a_not_yet_does_not_advance_now() -> None:
    SEEN.clear()
    outcome(Peeking)
    assert SEEN[0] == 0


class Drawing(Base):
    def run(self) -> Any:
        drawn = [self.random(), str(self.uuid4()), self.now().isoformat()]
        SEEN.append(drawn)
        try:
            self.submit(boom.with_options(raises_on_failure=True))
            self.sleep(1)
        except TaskException:
            pass
        return drawn


def test_a_second_pass_reads_the_same_time_and_draws_the_same() -> None:
    SEEN.clear()
    outcome(Drawing)
    first, second = SEEN
    assert first == second
    assert 0 <= first[0] < 1


def test_another_run_draws_otherwise() -> None:
    SEEN.clear()
    outcome(Drawing)
    outcome(Drawing)
    assert SEEN[0][1] != SEEN[-1][1]


class Dozing(Base):
    def run(self, seconds: float) -> Any:
        began = self.now()
        self.sleep(seconds)
        self.sleep(timedelta(milliseconds=10))
        return (self.now() - began).total_seconds()


@pytest.mark.parametrize(("asked", "slept"), [(0, 1), (0.2, 2), (2.5, 4), (3, 4)])
def test_sleep_is_rounded_up_to_whole_seconds_and_never_shorter(asked: float, slept: int) -> None:
    took = outcome(Dozing, asked)
    assert slept <= took < slept + 1


@pytest.mark.parametrize("asked", [-1, float("inf"), float("nan")])
def test_sleep_takes_seconds_that_end(asked: float) -> None:
    class Wrong(Base):
        def run(self) -> None:
            self.sleep(asked)

    with pytest.raises(WorkflowFailed, match="from 0 on"):
        outcome(Wrong)


class Second(Base):
    def run(self) -> None:
        self.sleep(1)


def test_timers_are_waited_for_unless_time_is_skipped() -> None:
    waited, skipped = Executor(Second), Executor(Second, skip_time=True)
    for executor in (waited, skipped):
        executor.run()
        events = executor.history.events
        assert events[-1].event_timestamp - events[0].event_timestamp >= 1


class PollingMany(Base):
    def run(self) -> int:
        for number in range(400):
            future = self.submit(inc, number)
            if not future.done:
                future.wait()
        return 400


def test_hundreds_of_passes_are_warned_of_naming_the_cure(caplog: pytest.LogCaptureFixture) -> None:
    assert outcome(PollingMany) == 400
    assert "async def run" in caplog.text


def test_history_times_never_go_back() -> None:
    times = [event.event_timestamp for event in history_of(Clocked).events]
    assert times == sorted(times)
