"""Signals, markers, timers and continue-as-new in local runs."""

from __future__ import annotations

from typing import Any

import pytest
from runs import Base, history_of, inc, kinds_in, outcome

from simpleflow import futures
from simpleflow.exceptions import WorkflowFailed


class GateAndMailbox(Base):
    def run(self) -> Any:
        for number in (1, 2, 3):
            self.submit(self.signal("news", number)).wait()
        gate = self.submit(self.wait_signal("news"))
        letters = [self.submit(self.next_signal("news")) for _ in range(3)]
        return [gate.result["args"], [letter.result["args"] for letter in letters]]


def test_a_gate_gives_the_latest_and_a_mailbox_each_in_turn() -> None:
    assert outcome(GateAndMailbox) == [[3], [[1], [2], [3]]]


class Early(Base):
    def run(self) -> Any:
        letters = [self.submit(self.next_signal("x")) for _ in range(2)]
        self.submit(self.signal("x", "a"))
        self.submit(self.signal("x", "b"))
        return [letter.result["args"][0] for letter in letters]


def test_mailboxes_submitted_before_the_signals_get_them_in_order() -> None:
    assert outcome(Early) == ["a", "b"]


class GateOpensOnce(Base):
    def run(self) -> Any:
        first = self.submit(self.wait_signal("x"))
        self.submit(self.signal("x", 1, propagate=False, word="w")).wait()
        again = self.submit(self.wait_signal("x"))
        return [first.result, again.result]


def test_a_signal_carries_arguments_and_whether_it_propagates() -> None:
    sent = {"__propagate": False, "args": [1], "kwargs": {"word": "w"}}
    assert outcome(GateOpensOnce) == [sent, sent]


class ToNobody(Base):
    def run(self) -> Any:
        future = self.submit(self.signal("x", workflow_id="nobody"))
        return [future.result, repr(future.exception)]


def test_a_refused_delivery_is_the_signals_failure() -> None:
    result, failure = outcome(ToNobody)
    assert result is None
    assert "UNKNOWN_EXTERNAL_WORKFLOW_EXECUTION" in failure


class Marking(Base):
    def run(self) -> Any:
        futures.wait(
            self.submit(self.record_marker("m", {"step": 1})),
            self.submit(self.record_marker("m", {"step": 1})),
            self.submit(self.record_marker("m", {"step": 2})),
        )
        details = self.get_event_details("marker", "m")
        assert details is not None
        return [
            [marker.details for marker in self.list_markers()],
            [marker.details for marker in self.list_markers(all=True)],
            details["details"],
        ]


def test_equal_markers_are_recorded_once_and_read_back_decoded() -> None:
    assert outcome(Marking) == [[{"step": 2}], [{"step": 1}, {"step": 2}], {"step": 2}]
    assert len(kinds_in(history_of(Marking), "MarkerRecorded")) == 2


class Leaving(Base):
    def run(self) -> None:
        self.submit(self.record_marker("left", 1))
        self.submit(self.signal("left"))
        self.submit(inc, 1)


def test_markers_and_signals_nobody_waits_for_go_out_with_the_end_and_activities_are_dropped(
    caplog: pytest.LogCaptureFixture,
) -> None:
    history = history_of(Leaving)

    assert kinds_in(history, "MarkerRecorded", "ActivityTaskScheduled") == ["MarkerRecorded"]
    assert kinds_in(history, "SignalExternalWorkflowExecutionInitiated") != []
    (warning,) = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
    assert "runs.inc" in warning
    assert "dropped" in warning


class LeavingADependant(Base):
    def run(self) -> None:
        first = self.submit(self.wait_signal("never"))
        self.submit(inc, first)  # type: ignore[arg-type]  # a gate's value is whatever was sent


def test_an_activity_that_still_waits_for_its_arguments_is_dropped_with_a_warning_too(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outcome(LeavingADependant)
    assert "runs.inc" in caplog.text


class Details(Base):
    def run(self) -> Any:
        self.submit(self.start_timer("t", 3, control={"a": 1})).wait()
        timer = self.get_event_details("timer", "t")
        assert timer is not None
        return [
            timer["state"],
            timer["control"],
            self.get_event_details("signal", "t"),
            self.get_event_details("marker", "t"),
        ]


def test_the_details_of_an_event_are_a_dict_or_none() -> None:
    state, control, *others = outcome(Details)
    assert (state, control) == ("fired", {"a": 1})
    assert others == [None, None]


class OtherDetails(Base):
    def run(self) -> None:
        self.get_event_details("activity", "x")


def test_there_are_details_of_signals_markers_and_timers_only() -> None:
    with pytest.raises(WorkflowFailed, match="Unimplemented type 'activity' for get_event_details"):
        outcome(OtherDetails)


class Counting(Base):
    tag_list = ("counted",)

    def run(self, n: int, before: str | None = None) -> Any:
        context = self.get_run_context()
        assert context["continued_execution_run_id"] == before
        if n < 3:
            self.submit(self.continue_as_new(n + 1, before=context["run_id"])).wait()
        return [n, context["tag_list"], context["workflow_id"]]


def test_a_run_continues_as_new_with_new_arguments_under_the_same_id_and_tags() -> None:
    assert outcome(Counting, 0) == [3, ["counted"], "local_local"]


class Alarm(Base):
    def run(self) -> Any:
        alarm = self.submit(self.start_timer("alarm", "100"))
        self.submit(self.cancel_timer("alarm")).wait()
        return [alarm.result, alarm.cancelled]


def test_a_timer_is_canceled_by_its_id() -> None:
    assert outcome(Alarm) == [None, True]
