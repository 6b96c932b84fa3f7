"""Deciders on an engine: runs are kept, read in part, come back; what cannot be decided is told."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from decider.ground import Ground
from simpleflow import Workflow, activity
from simpleflow.swf.decider import Decider, KeptRuns
from simpleflow.swf.loading import Loader

if TYPE_CHECKING:
    from collections.abc import Iterator


@activity.with_attributes(name="double", version="1", task_list="t")
def double(x: int) -> int:
    return 2 * x


class Chain(Workflow):
    name = "chain"
    version = "1"
    task_list = "t"
    begun = 0

    def run(self, n: int) -> int:
        type(self).begun += 1
        value = 1
        for _ in range(n):
            value = self.submit(double, value).result
        return value


class Sums(Workflow):
    name = "sums"
    version = "1"
    task_list = "t"

    def run(self, n: int) -> int:
        return sum(each.result for each in [self.submit(Chain, 2) for _ in range(n)])


@pytest.fixture
def ground() -> Iterator[Ground]:
    Chain.begun = 0
    made = Ground(Chain, Sums, activities={"double": double})
    yield made
    made.engine.close()


def test_a_workflow_runs_to_its_end(ground: Ground) -> None:
    with ground.running(ground.decider()):
        run_id = ground.start("chain", '{"args": [5]}')
        assert ground.closing(run_id)["workflowExecutionCompletedEventAttributes"] == {
            "result": "32",
            "decisionTaskCompletedEventId": len(ground.history(run_id)) - 1,
        }
    assert Chain.begun == 1


def test_unknown_types_register_themselves(ground: Ground) -> None:
    with ground.running(ground.decider()):
        run_id = ground.start("sums", '{"args": [3]}')
        assert ground.closing(run_id)["workflowExecutionCompletedEventAttributes"]["result"] == "12"
    kinds = [event["eventType"] for event in ground.history(run_id)]
    assert kinds.count("StartChildWorkflowExecutionFailed") == 3
    types = ground.client.list_workflow_types(domain="d", registrationStatus="REGISTERED")["typeInfos"]
    assert "decider.test_deciding.Chain" in [each["workflowType"]["name"] for each in types]


def test_a_version_is_decided_by_its_own_class(ground: Ground) -> None:
    class Newer(Workflow):
        name = "chain"
        version = "2"
        task_list = "t"

        def run(self, n: int) -> str:
            return "newer"

    ground.client.register_workflow_type(domain="d", name="chain", version="2")
    decider = Decider(ground.engine.client(), "d", ["t"], Loader([Newer, Chain]))
    with ground.running(decider):
        ends = {
            version: ground.closing(ground.start("chain", '{"args": [1]}', version, version=version), version)
            for version in ("1", "2")
        }
    results = {
        version: end["workflowExecutionCompletedEventAttributes"]["result"] for version, end in ends.items()
    }
    assert results == {"1": "2", "2": '"newer"'}


@pytest.mark.parametrize("sticky", [True, False])
def test_a_run_is_kept_between_its_tasks(ground: Ground, sticky: bool) -> None:
    with ground.running(ground.decider(sticky=sticky)):
        ground.closing(ground.start("chain", '{"args": [30]}'))
    assert Chain.begun == 1


def test_two_sticky_deciders_keep_what_they_began(ground: Ground) -> None:
    with ground.running(ground.decider(), ground.decider()):
        runs = {each: ground.start("chain", '{"args": [10]}', each) for each in map(str, range(10))}
        for workflow_id, run_id in runs.items():
            ground.closing(run_id, workflow_id)
    assert Chain.begun == 10


def test_only_so_many_runs_are_kept(ground: Ground) -> None:
    kept = KeptRuns(1)
    with ground.running(ground.decider(kept=kept, sticky=False)):
        runs = {each: ground.start("chain", '{"args": [10]}', each) for each in ("a", "b", "c")}
        for workflow_id, run_id in runs.items():
            ground.closing(run_id, workflow_id)
            assert len(kept) <= 1
    assert Chain.begun > 3


def test_another_decider_takes_over(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simpleflow.swf.decider.decider._STICKY_SECONDS", "1")
    with ground.running(first := ground.decider()):
        run_id = ground.start("chain", '{"args": [200]}')
        while len(ground.history(run_id)) < 100:
            pass
        first.stop()
        with ground.running(ground.decider()):
            result = ground.closing(run_id)["workflowExecutionCompletedEventAttributes"]["result"]
    assert int(result) == 2**200
    assert Chain.begun == 2


def test_what_cannot_be_decided_is_left_and_told(ground: Ground, caplog: pytest.LogCaptureFixture) -> None:
    class Other(Workflow):
        name = "chain"
        version = "1"

        def run(self, n: int) -> Any:
            return self.submit(double, 99).result

    with ground.running(decider := ground.decider(sticky=False)):
        run_id = ground.start("chain", '{"args": [200]}', decision_timeout="1")
        while len(ground.history(run_id)) < 30:
            pass
        decider.stop()
    ground.workflows._classes["chain"] = Other
    with caplog.at_level(logging.ERROR), ground.running(ground.decider(sticky=False)):
        while "DecisionTaskTimedOut" not in [each["eventType"] for each in ground.history(run_id)]:
            pass
    assert "the code no longer matches the history" in caplog.text
    assert "restart the deciders" in caplog.text
    ground.workflows._classes["chain"] = Chain
    with ground.running(ground.decider(sticky=False)):
        ground.closing(run_id)


def test_it_fails_the_execution_where_it_shall(ground: Ground) -> None:
    with ground.running(ground.decider(fail_on_error=True)):
        del ground.workflows._classes["chain"]
        closed = ground.closing(ground.start("chain", '{"args": [1]}'))
    told = closed["workflowExecutionFailedEventAttributes"]
    assert told["reason"] == "workflow decision failed: 'chain'"
    assert "Traceback" in told["details"]


class Told(Workflow):
    name = "told"
    version = "1"
    task_list = "t"

    def run(self) -> Any:
        self.logger.info("begun")
        first = self.submit(double, 1)
        if not first.finished:
            self.logger.info("not yet")
        value = first.result
        self.logger.info("first %d", value)
        value = self.submit(double, value).result
        self.logger.info("second %d", value)
        return value


@pytest.mark.parametrize("most", [1, 100])
def test_a_workflow_logs_each_thing_once(caplog: pytest.LogCaptureFixture, most: int) -> None:
    ground = Ground(Told, activities={"double": double})
    with (
        caplog.at_level(logging.INFO, "simpleflow.workflow"),
        ground.running(ground.decider(kept=KeptRuns(most))),
    ):
        runs = {each: ground.start("told", workflow_id=each) for each in ("a", "b", "c")}
        for workflow_id, run_id in runs.items():
            ground.closing(run_id, workflow_id)
    ground.engine.close()
    said = [each.message for each in caplog.records if each.name == "simpleflow.workflow.Told"]
    assert sorted(said) == sorted(["begun", "not yet", "first 2", "second 4"] * 3)
