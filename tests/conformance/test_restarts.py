"""Engines that stop, by will or by force: what was acknowledged is there again, and time has gone on."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import EVER, Options, Region
from conformance.words import activity, attributes, complete, kinds, last, refused, timer
from swf.engine import Engine, VirtualClock

if TYPE_CHECKING:
    from conformance.coverage import Coverage

STORED = pytest.mark.engine(stored=True)
VICTIM = """
import json, os, signal, sys
from swf.engine import Engine

sys.path.insert(0, sys.argv[2])
from conformance.words import activity, timer

client = Engine(sys.argv[1]).client()
client.register_domain(name="d", workflowExecutionRetentionPeriodInDays="7")
never = {"scheduleToStartTimeout": "NONE", "scheduleToCloseTimeout": "NONE", "startToCloseTimeout": "NONE"}
client.register_workflow_type(domain="d", name="W", version="1")
client.register_activity_type(domain="d", name="A", version="1")
run = client.start_workflow_execution(
    domain="d", workflowId="w", workflowType={"name": "W", "version": "1"}, taskList={"name": "dl"},
    executionStartToCloseTimeout="100000", taskStartToCloseTimeout="NONE", childPolicy="ABANDON",
)
task = client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
own = {"taskList": {"name": "al"}, "heartbeatTimeout": "NONE", **never}
client.respond_decision_task_completed(
    taskToken=task["taskToken"], decisions=[timer(seconds="60"), activity(**own), activity("late", **own)]
)
work = client.poll_for_activity_task(domain="d", taskList={"name": "al"})
client.signal_workflow_execution(domain="d", workflowId="w", signalName="s")
open_task = client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
known = {"run": run["runId"], "answered": task["taskToken"], "work": work["taskToken"],
         "decision": open_task["taskToken"]}
print(json.dumps(known), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@STORED
def test_everything_is_there_again(region: Region) -> None:
    region.start(tagList=["t"])
    region.decide(activity(), activity("b"), timer(), executionContext="x")
    region.beat(region.work(), "50%")
    region.client.tag_resource(
        resourceArn=region.client.describe_domain(name="d")["domainInfo"]["arn"],
        tags=[{"key": "k", "value": "v"}],
    )

    def everything() -> list[Any]:
        arn = region.client.describe_domain(name="d")["domainInfo"]["arn"]
        return [
            region.history(),
            region.describe(),
            region.client.list_open_workflow_executions(domain="d", startTimeFilter=EVER),
            region.client.list_tags_for_resource(resourceArn=arn),
            region.client.describe_activity_type(domain="d", activityType={"name": "A", "version": "1"}),
            region.client.count_pending_activity_tasks(domain="d", taskList={"name": "al"}),
        ]

    before = everything()
    region.restart()
    assert everything() == before
    assert region.work()["activityId"] == "b"


@STORED
def test_tokens_outlive_a_restart(region: Region) -> None:
    region.start()
    answered = region.decide(activity(), timer("u", "500"))
    work = region.work()
    region.signal()
    task = region.poll(maximumPageSize=2)
    region.restart()

    page = region.client.poll_for_decision_task(
        domain="d", taskList={"name": "dl"}, nextPageToken=task["nextPageToken"]
    )
    assert page["taskToken"] == task["taskToken"]
    with refused("UnknownResourceFault", "Unknown decision task, scheduledEventId = 2"):
        region.answer(answered)
    assert region.beat(work) is False
    region.done(work)
    region.answer(task)
    assert kinds(region.history())[-3:] == [
        "ActivityTaskCompleted",
        "DecisionTaskScheduled",
        "DecisionTaskCompleted",
    ] or kinds(region.history())[-2:] == ["ActivityTaskCompleted", "DecisionTaskCompleted"]


@STORED
def test_heartbeats_outlive_a_restart(region: Region) -> None:
    region.start()
    region.decide(activity(heartbeatTimeout="10"))
    task = region.work()
    region.advance(8)
    region.beat(task, "80%")
    region.restart()
    region.advance(8)
    assert kinds(region.history(), 7) == []
    region.advance(3)

    assert last(region.history(), "ActivityTaskTimedOut")["details"] == "80%"


@STORED
def test_clocks_that_expired_meanwhile_fire_once_in_their_order(region: Region) -> None:
    region.start(taskStartToCloseTimeout="NONE")
    region.decide(timer("late", "20"), timer("early", "10"), activity(scheduleToStartTimeout="15"))
    region.close()
    region.clock.advance(60)
    region.restart()
    region.settle()

    ends = [e for e in region.history() if e["eventType"] in ("TimerFired", "ActivityTaskTimedOut")]
    assert kinds(ends) == ["TimerFired", "ActivityTaskTimedOut", "TimerFired"]
    assert attributes(ends[0])["timerId"] == "early"
    assert {event["eventTimestamp"].timestamp() for event in ends} == {region.now()}
    region.restart()
    region.advance(60)
    assert kinds(region.history()).count("TimerFired") == 2


@STORED
def test_a_clock_that_was_set_back_takes_no_history_with_it(region: Region) -> None:
    region.start()
    before = region.now()
    region.close()
    region.clock = VirtualClock(before - 3600)
    region.restart()
    region.signal()
    region.decide(complete())

    assert {event["eventTimestamp"].timestamp() for event in region.history()} == {before}
    assert region.info()["closeTimestamp"].timestamp() == before


@STORED
def test_a_sticky_list_outlives_a_restart(region: Region) -> None:
    region.start()
    region.decide(taskList={"name": "s"}, taskListScheduleToStartTimeout="5")
    region.restart()
    region.signal()

    assert last(region.history(), "DecisionTaskScheduled")["taskList"] == {"name": "s"}
    region.restart()
    region.advance(5)
    assert last(region.history(), "DecisionTaskScheduled")["taskList"] == {"name": "dl"}


@pytest.fixture(scope="module")
def victim(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """The file of an engine that was killed, and what it had acknowledged."""
    folder = tmp_path_factory.mktemp("victim")
    tests = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", VICTIM, str(folder / "engine.db"), str(tests)],
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    return folder, json.loads(done.stdout)


@pytest.mark.edge(100)
def test_a_killed_engine_has_lost_nothing(victim: tuple[Path, dict[str, str]], tmp_path: Path) -> None:
    folder, known = victim
    for name in os.listdir(folder):
        (tmp_path / name).write_bytes((folder / name).read_bytes())
    engine = Engine(tmp_path / "engine.db", clock=VirtualClock(time.time() + 3600))
    try:
        client: Any = engine.client()
        engine.tick()
        execution = {"workflowId": "w", "runId": known["run"]}

        def history() -> list[dict[str, Any]]:
            events: list[dict[str, Any]] = client.get_workflow_execution_history(
                domain="d", execution=execution
            )["events"]
            return events

        assert kinds(history())[:4] == [
            "WorkflowExecutionStarted",
            "DecisionTaskScheduled",
            "DecisionTaskStarted",
            "DecisionTaskCompleted",
        ]
        assert kinds(history()).count("TimerFired") == 1
        assert engine.check() == []
        with refused("UnknownResourceFault", "Unknown decision task, scheduledEventId = 2"):
            client.respond_decision_task_completed(taskToken=known["answered"])
        client.respond_activity_task_completed(taskToken=known["work"], result="r")
        client.respond_decision_task_completed(taskToken=known["decision"])
        task = client.poll_for_decision_task(domain="d", taskList={"name": "dl"})
        client.respond_decision_task_completed(taskToken=task["taskToken"], decisions=[complete()])
        assert kinds(history())[-1] == "WorkflowExecutionCompleted"
        assert kinds(history()).count("TimerFired") == 1
        assert engine.check() == []
    finally:
        engine.close()


def test_the_same_in_memory_is_gone(coverage: dict[str, Coverage], tmp_path: Path) -> None:
    first = Region("in process", Options(), tmp_path, coverage["in process"])
    first.start()
    first.close()
    second = Region("in process", Options(), tmp_path, coverage["in process"])
    try:
        assert second.runs() == []
    finally:
        second.close()
