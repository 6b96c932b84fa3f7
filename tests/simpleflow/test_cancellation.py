"""`future.cancel()`, in each state that what it stands for can be in."""

from __future__ import annotations

import threading
from typing import Any

from runs import Base, boom, history_of, inc, kinds_in, outcome

from simpleflow import activity
from simpleflow.canvas import Chain, Group
from simpleflow.exceptions import TaskCanceled
from simpleflow.local import Executor
from simpleflow.retry import RetryPolicy


class Sleeper(Base):
    name = "sleeper"
    raises_on_failure = False

    def run(self) -> str:
        self.sleep(1000)
        return "woke"


class NotScheduled(Base):
    def run(self) -> Any:
        known_later = self.submit(inc, 1)
        future = self.submit(inc, known_later)
        answer = future.cancel()
        assert isinstance(future.exception, TaskCanceled)
        return [answer, future.state, future.result, future.cancel(), known_later.result]


def test_what_is_not_scheduled_is_canceled_at_once_and_never_scheduled() -> None:
    assert outcome(NotScheduled) == [True, "CANCELLED", None, False, 2]
    assert kinds_in(history_of(NotScheduled), "ActivityTaskScheduled") == ["ActivityTaskScheduled"]


class Done(Base):
    def run(self) -> Any:
        future = self.submit(inc, 1)
        return [future.result, future.cancel(), future.state]


def test_what_is_done_stays_as_it_is() -> None:
    assert outcome(Done) == [2, False, "FINISHED"]


class FailedOne(Base):
    def run(self) -> Any:
        future = self.submit(boom)
        future.wait()
        return [future.cancel(), future.state, repr(future.exception)]


def test_what_failed_stays_failed() -> None:
    answer, state, exception = outcome(FailedOne)
    assert (answer, state) == (False, "FINISHED")
    assert exception.startswith("TaskFailed")


class TimerStarted(Base):
    def run(self) -> Any:
        timer = self.submit(self.start_timer("alarm", 1000))
        self.submit(inc, 1).wait()
        timer.cancel()
        return [timer.result, timer.cancelled]


def test_a_started_timer_is_canceled_by_a_decision() -> None:
    assert outcome(TimerStarted) == [None, True]
    assert history_of(TimerStarted).timers["alarm"]["state"] == "canceled"


class ChildStarted(Base):
    def run(self) -> Any:
        child = self.submit(Sleeper)
        self.submit(inc, 1).wait()
        child.cancel()
        return [child.result, child.cancelled, repr(child.exception)]


def test_a_started_child_is_asked_and_ends_as_canceled() -> None:
    assert outcome(ChildStarted) == [None, True, "TaskCanceled()"]


class Stubborn(Sleeper):
    name = "stubborn"

    def should_cancel(self, history: Any) -> bool:
        return False


class StubbornChild(Base):
    def run(self) -> Any:
        child = self.submit(Stubborn)
        self.submit(inc, 1).wait()
        child.cancel()
        return [child.result, child.cancelled]


def test_a_child_that_does_not_want_to_be_canceled_completes() -> None:
    assert outcome(StubbornChild) == ["woke", False]


GO = threading.Event()


@activity.with_attributes(version="1")
def until_told() -> str:
    GO.wait(20)
    return "done"


@activity.with_attributes(version="1")
def tell() -> None:
    GO.set()


class Running(Base):
    def run(self) -> Any:
        busy = self.submit(until_told)
        self.submit(inc, 1).wait()
        busy.cancel()
        self.submit(tell)
        return [busy.result, busy.state]


def test_a_completion_that_wins_over_the_cancellation_stays_a_completion() -> None:
    GO.clear()
    executor = Executor(Running, nb_workers=2)
    assert executor.run() == ["done", "FINISHED"]
    assert "ActivityTaskCancelRequested" in [type(e).__name__ for e in executor.history.events]


class RetryWaiting(Base):
    def run(self) -> Any:
        again = boom.with_options(retry=RetryPolicy(5, initial_interval=1000))
        future = self.submit(again)
        self.sleep(5)
        future.cancel()
        return [future.result, future.cancelled]


def test_what_waits_for_its_next_attempt_is_canceled_with_its_timer() -> None:
    assert outcome(RetryWaiting) == [None, True]
    assert kinds_in(history_of(RetryWaiting), "ActivityTaskScheduled") == ["ActivityTaskScheduled"]


class GroupOfTimers(Base):
    def run(self) -> Any:
        group = self.submit(Group(self.start_timer("a", 1000), self.start_timer("b", 1000)))
        self.submit(inc, 1).wait()
        group.cancel()
        return [group.result, group.cancelled]


def test_canceling_a_group_cancels_its_members() -> None:
    assert outcome(GroupOfTimers) == [[None, None], True]


class ChainOfTimers(Base):
    def run(self) -> Any:
        chain = self.submit(Chain(self.start_timer("a", 1000), (inc, 1)))
        self.submit(inc, 1).wait()
        chain.cancel()
        return [chain.result, chain.cancelled]


def test_canceling_a_chain_leaves_its_later_links_undone() -> None:
    assert outcome(ChainOfTimers) == [[None], True]
    assert kinds_in(history_of(ChainOfTimers), "ActivityTaskScheduled") == ["ActivityTaskScheduled"]
