"""Deciders and workers: what they poll, how they answer, and how they stop."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

import swf
from swf.actors import ActivityWorker, Actor, Decider
from swf.actors.heartbeat import heartbeat_on
from swf.actors.helpers import Every
from swf.engine import Engine
from swf.exceptions import DoesNotExistError, EngineUnreachable, PollTimeout, ResponseError, Throttling
from swf.models import ActivityType, Domain, WorkflowExecution, WorkflowType
from swf.models.decision import ActivityTaskDecision, WorkflowExecutionDecision
from swf.querysets import WorkflowExecutionQuerySet

if TYPE_CHECKING:
    from pathlib import Path

    from swf.models import ActivityTask
    from swf.protocol.client import Client
    from swf.responses import PolledDecisionTask


@pytest.fixture
def kind(domain: Domain) -> WorkflowType:
    made = WorkflowType(domain, "greet", "1", task_list="deciders")
    made.save()
    return made


@pytest.fixture
def say(domain: Domain) -> ActivityType:
    made = ActivityType(
        domain,
        "say",
        "1",
        task_list="workers",
        task_heartbeat_timeout="NONE",
        task_schedule_to_close_timeout=600,
        task_schedule_to_start_timeout=300,
        task_start_to_close_timeout=300,
    )
    made.save()
    return made


def schedule(say: ActivityType, activity_id: str = "say-1", **options: Any) -> ActivityTaskDecision:
    return ActivityTaskDecision("schedule", activity_id, say, task_list="workers", **options)


def scheduled(domain: Domain, kind: WorkflowType, say: ActivityType, **options: Any) -> WorkflowExecution:
    """Return an execution whose activity waits for a worker."""
    execution = kind.start_execution("w")
    decider = Decider(domain, "deciders")
    decider.complete(decider.poll().token, [schedule(say, **options)])
    return execution


# Polls and answers


def test_a_workflow_runs_to_its_end(domain: Domain, kind: WorkflowType, say: ActivityType) -> None:
    decider, worker = Decider(domain, "deciders"), ActivityWorker(domain, "workers", identity="somebody")
    execution = kind.start_execution("w", input="world")

    token, history = decider.poll(identity="a decider")
    assert history[0].input == '"world"'
    decider.complete(token, [schedule(say, input="hello")], execution_context="context")

    task_token, task = worker.poll()
    assert (task.activity_id, task.input, task.task_list) == ("say-1", "hello", "workers")
    assert task.activity_type is not None
    assert (task.activity_type.name, task.activity_type.version) == ("say", "1")
    assert task.workflow_execution is not None
    assert task.workflow_execution.run_id == execution.run_id
    worker.complete(task_token, {"said": "hello world"})

    second = decider.poll()
    assert second.history.last.state == "started"
    result = second.history.filter(type="ActivityTask", state="completed")[0].wire["result"]
    decider.complete(second.token, [WorkflowExecutionDecision("complete", result)])

    assert execution.upstream().close_status == "COMPLETED"
    assert execution.history().last.wire["result"] == '{"said":"hello world"}'
    assert execution.history().filter(type="DecisionTask", state="started")[0].wire["identity"] == "a decider"


def test_both_generations_of_what_a_poll_returns(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    execution = kind.start_execution("w")
    decider, worker = Decider(domain, "deciders"), ActivityWorker(domain, "workers")

    task = decider.poll_for_task()
    token, history = task
    assert (task.token, task.history) == (token, history)
    assert task.execution.run_id == execution.run_id
    assert (task.workflow_type.name, task.workflow_type.version) == ("greet", "1")
    assert (task.previous_started_event_id, task.started_event_id) == (0, 3)
    assert task.raw_response["taskToken"] == token
    assert [event["eventId"] for event in task.raw_response["events"]] == [1, 2, 3]
    decider.complete(token, [schedule(say)])

    work = worker.poll()
    task_token, activity_task = work
    assert (work.task_token, work.activity_task) == (task_token, activity_task)
    assert work.raw_response["activityId"] == "say-1"


def test_a_poll_that_brings_nothing_says_so(domain: Domain) -> None:
    with pytest.raises(PollTimeout, match="nothing to decide came in task list deciders of d"):
        Decider(domain, "deciders").poll()
    with pytest.raises(PollTimeout, match="nothing to do came in task list others of d"):
        ActivityWorker(domain, "workers").poll("others")


@pytest.mark.beyond_moto("it knows every domain")
def test_a_domain_that_is_not_there_is_told(client: Client) -> None:
    nope = Domain("nope", connection=client)
    with pytest.raises(DoesNotExistError, match="nope"):
        Decider(nope, "l").poll()
    with pytest.raises(DoesNotExistError, match="nope"):
        ActivityWorker(nope, "l").poll()


@pytest.mark.beyond_moto("it has no pages of histories")
def test_a_decision_task_has_all_pages_of_its_history(domain: Domain, kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    for number in range(20):
        execution.signal(f"s{number}")
    decider = Decider(domain, "deciders")

    task = decider.poll(maximum_page_size=4)

    assert [event.id for event in task.history] == list(range(1, 24))
    assert len(task.raw_response["events"]) == 4
    assert task.history.compile()[0].state == "signaled"


@pytest.mark.beyond_moto("it has no pages of histories")
def test_a_decider_may_ask_for_what_is_new_alone(domain: Domain, kind: WorkflowType) -> None:
    execution = kind.start_execution("w")
    decider = Decider(domain, "deciders")
    decider.complete(decider.poll().token)
    execution.signal("s")

    task = decider.poll(start_at_previous_started_event=True)
    assert [event.id for event in task.history] == [3, 4, 5, 6, 7]
    decider.complete(task.token)
    execution.signal("s")
    backwards = decider.poll(reverse_order=True)
    assert backwards.history[0].id == backwards.started_event_id
    assert backwards.history.first.id == 1


def test_a_failure_has_its_reason(domain: Domain, kind: WorkflowType, say: ActivityType) -> None:
    execution = scheduled(domain, kind, say)
    worker = ActivityWorker(domain, "workers")
    worker.fail(worker.poll().task_token, details="of the matter", reason="no voice")
    failed = execution.history().filter(type="ActivityTask", state="failed")[0]
    assert (failed.wire["reason"], failed.wire["details"]) == ("no voice", "of the matter")


@pytest.mark.beyond_moto("it cannot cancel")
def test_a_worker_learns_of_a_cancellation_and_gives_up(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    execution = scheduled(domain, kind, say)
    decider, worker = Decider(domain, "deciders"), ActivityWorker(domain, "workers")
    token = worker.poll().task_token
    assert worker.heartbeat(token, "half") == {"cancelRequested": False}

    execution.request_cancel()
    decider.complete(decider.poll().token, [ActivityTaskDecision("request_cancel", "say-1")])

    assert worker.heartbeat(token) == {"cancelRequested": True}
    worker.cancel(token, "as you wish")
    canceled = execution.history().filter(type="ActivityTask", state="canceled")[0]
    assert canceled.wire["details"] == "as you wish"


def test_what_is_answered_cannot_be_answered_again(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    scheduled(domain, kind, say)
    decider, worker = Decider(domain, "deciders"), ActivityWorker(domain, "workers")
    work = worker.poll()
    worker.complete(work.task_token)
    task = decider.poll()
    decider.complete(task.token)

    with pytest.raises(ResponseError):
        decider.complete(task.token)
    for answer in (worker.complete, worker.fail, worker.heartbeat):
        with pytest.raises(ResponseError):
            answer(work.task_token)


@pytest.mark.beyond_moto("it says otherwise")
def test_what_is_answered_does_not_exist_any_more(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    scheduled(domain, kind, say)
    worker = ActivityWorker(domain, "workers")
    token = worker.poll().task_token
    worker.complete(token)
    for answer in (worker.complete, worker.fail, worker.cancel, worker.heartbeat):
        with pytest.raises(DoesNotExistError):
            answer(token)


def test_what_is_no_domain_is_refused() -> None:
    nothing: Any = "d"
    for actor in (Actor, Decider, ActivityWorker):
        with pytest.raises(TypeError, match="for domain"):
            actor(nothing, "l")


def test_polled_tasks_travel_to_other_processes(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    """As the domain does whose connection is the process's: whoever has them there asks through his own."""
    swf.connect(domain.connection)
    domain = Domain("d")
    execution = scheduled(domain, kind, say)
    execution.signal("s", "hello")
    decider, worker = Decider(domain, "deciders"), ActivityWorker(domain, "workers")

    task = pickle.loads(pickle.dumps(decider.poll()))
    work = pickle.loads(pickle.dumps(worker.poll()))

    assert task.execution.upstream().run_id == execution.run_id
    assert task.history.last.id == task.started_event_id
    worker.complete(work.task_token, work.activity_task.input)
    decider.complete(task.token)
    assert work.activity_task.workflow_execution.history().filter(type="ActivityTask", state="completed")


def test_what_an_actor_hands_out_asks_through_its_connection(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    execution = scheduled(domain, kind, say)
    mine: Any = {"connection": domain.connection}
    elsewhere = Domain("d")
    task = ActivityWorker(elsewhere, "workers", **mine).poll().activity_task
    assert task.workflow_execution is not None
    assert task.workflow_execution.upstream().run_id == execution.run_id
    assert WorkflowExecutionQuerySet(elsewhere, **mine).get("w").workflow_type is not None


# Inherited from


class Greeter(Decider):
    def decide(self, task: PolledDecisionTask) -> list[Any]:
        done = task.history.filter(type="ActivityTask", state="completed")
        if done:
            return [WorkflowExecutionDecision("complete", done[0].wire["result"])]
        failed = task.history.filter(type="ActivityTask", state="failed")
        if failed:
            return [WorkflowExecutionDecision("fail", failed[0].wire["details"], failed[0].wire["reason"])]
        say = ActivityType(self.domain, "say", "1")
        return [ActivityTaskDecision("schedule", "say-1", say, task_list="workers", input="hello")]


class Speaker(ActivityWorker):
    def work(self, task: ActivityTask) -> str:
        return f"{task.input} said"


class Mute(ActivityWorker):
    def work(self, task: ActivityTask) -> str:
        raise ValueError("no voice" * 100)


def together(*actors: Any, until: WorkflowExecution) -> None:
    """Let actors act in threads until an execution has closed; stop them from here."""
    closed = threading.Event()
    threads = [threading.Thread(target=actor.start) for actor in actors]
    for thread in threads:
        thread.start()
    try:
        while until.upstream().status == "OPEN" and all(thread.is_alive() for thread in threads):
            closed.wait(0.01)
    finally:
        for actor in actors:
            actor.stop()
        for thread in threads:
            thread.join(20)
    assert not any(thread.is_alive() for thread in threads)
    assert all(actor.stopped for actor in actors)


def test_actors_run_executions_until_they_are_stopped(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    execution = kind.start_execution("w")
    together(Greeter(domain, "deciders"), Speaker(domain, "workers"), until=execution)
    assert execution.upstream().close_status == "COMPLETED"
    assert execution.history().last.wire["result"] == "hello said"


def test_what_a_worker_raises_is_the_failure_of_its_task(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    execution = kind.start_execution("w")
    together(Greeter(domain, "deciders"), Mute(domain, "workers"), until=execution)
    failed = execution.history().last
    assert failed.state == "failed"
    assert failed.wire["reason"].startswith("ValueError: no voice")
    assert len(failed.wire["reason"]) == 256
    assert 'raise ValueError("no voice" * 100)' in failed.wire["details"]


class Clumsy(ActivityWorker):
    """Its results cannot be told, one way or another."""

    def work(self, task: ActivityTask) -> Any:
        return {"say-1": "x" * 40_000, "say-2": object()}[task.activity_id or ""]


@pytest.mark.beyond_moto("it takes results of any length")
def test_a_result_that_cannot_be_sent_is_a_failure_of_its_task(
    domain: Domain, kind: WorkflowType, say: ActivityType
) -> None:
    execution = kind.start_execution("w")
    decider, worker = Decider(domain, "deciders"), Clumsy(domain, "workers")
    decider.complete(decider.poll().token, [schedule(say, "say-1"), schedule(say, "say-2")])
    worker.handle(worker.poll())
    worker.handle(worker.poll())
    failed = execution.history().filter(type="ActivityTask", state="failed")
    assert [event.wire["reason"].partition(":")[0] for event in failed] == ["InvalidRequest", "TypeError"]


class Careful(ActivityWorker):
    def work(self, task: ActivityTask) -> str:
        assert task.task_token is not None
        self.fail(task.task_token, reason="said by itself")
        return "not sent"


def test_a_worker_may_answer_by_itself(domain: Domain, kind: WorkflowType, say: ActivityType) -> None:
    execution = scheduled(domain, kind, say)
    worker = Careful(domain, "workers")
    worker.handle(worker.poll())
    assert execution.history().filter(type="ActivityTask", state="failed")
    assert not execution.history().filter(type="ActivityTask", state="completed")


def test_a_late_answer_is_logged_and_the_worker_goes_on(
    domain: Domain, kind: WorkflowType, say: ActivityType, caplog: pytest.LogCaptureFixture
) -> None:
    scheduled(domain, kind, say)
    worker = Speaker(domain, "workers")
    task = worker.poll()
    worker.complete(task.task_token)
    worker._answered = ""
    worker.handle(task)
    assert "its answer is refused" in caplog.text


class Undecided(Decider):
    def decide(self, task: PolledDecisionTask) -> list[Any]:
        raise ValueError("no idea")


def test_what_cannot_be_decided_is_logged_and_the_decider_goes_on(
    domain: Domain, kind: WorkflowType, caplog: pytest.LogCaptureFixture
) -> None:
    execution = kind.start_execution("w")
    decider = Undecided(domain, "deciders")
    decider.handle(decider.poll())
    assert "not decided" in caplog.text
    assert "no idea" in caplog.text
    assert execution.status == "OPEN"


def test_who_does_not_say_how_is_told_so(domain: Domain, kind: WorkflowType, say: ActivityType) -> None:
    scheduled(domain, kind, say)
    with pytest.raises(NotImplementedError, match=r"override work\(task\)"):
        ActivityWorker(domain, "workers").start()
    kind.start_execution("other")
    with pytest.raises(NotImplementedError, match=r"override decide\(task\)"):
        Decider(domain, "deciders").start()


# Stopping


PROGRAM = """
import signal, sys
from swf.actors import ActivityWorker
from swf.models import Domain

domain = Domain("d")
domain.save()
worker = ActivityWorker(domain, "l")
signal.signal(signal.SIGTERM, lambda *_: worker.stop())
print("ready", flush=True)
worker.start()
print("stopped", flush=True)
"""


@pytest.mark.parametrize("engine", ["a file", "a served one"])
def test_a_signal_handler_stops_an_actor_in_its_poll(engine: str, tmp_path: Path) -> None:
    """Polls wait for a minute here: it ends long before that."""
    with contextlib.ExitStack() as stack:
        named = str(tmp_path / "engine.db")
        if engine == "a served one":
            named = stack.enter_context(Engine()).serve().url
        process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM],
            env={**os.environ, "SWF_ENGINE": named},
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.enter_context(process)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGTERM)
        assert process.communicate(timeout=20)[0] == "stopped\n"
        assert process.returncode == 0


# Meanwhile


def test_heartbeats_go_on_while_the_body_runs(domain: Domain, kind: WorkflowType, say: ActivityType) -> None:
    scheduled(domain, kind, say)
    worker = ActivityWorker(domain, "workers")
    token = worker.poll().task_token
    beaten = threading.Semaphore(0)

    def beat() -> None:
        worker.heartbeat(token)
        beaten.release()

    with heartbeat_on(beat, 0.001):
        assert beaten.acquire(timeout=20)
        assert beaten.acquire(timeout=20)
    worker.complete(token)


def test_a_lost_heartbeat_is_logged_and_the_next_one_tried(caplog: pytest.LogCaptureFixture) -> None:
    beats = iter([Throttling(), EngineUnreachable("http://somewhere", "it is asleep"), None])
    third = threading.Event()

    def beat() -> None:
        error = next(beats, None)
        if error is not None:
            raise error
        third.set()

    with heartbeat_on(beat, 0.001):
        assert third.wait(20)
    assert caplog.text.count("a heartbeat is lost") == 2


def test_a_heartbeat_that_is_refused_is_the_last(caplog: pytest.LogCaptureFixture) -> None:
    beats: list[int] = []

    @heartbeat_on(lambda: beats.append(1 // len(beats)), 0.001)
    def body() -> None:
        every = next(each for each in threading.enumerate() if each.name.startswith("every-"))
        every.join(20)

    body()
    assert beats == []
    assert "ends here" in caplog.text


def test_something_is_done_every_so_often_until_it_is_stopped() -> None:
    done = threading.Semaphore(0)
    said: list[tuple[Any, ...]] = []

    def do(*args: Any, **kwargs: Any) -> None:
        said.append((args, kwargs))
        done.release()

    every = Every(0.001, do, 1, two=2)
    with every:
        assert done.acquire(timeout=20)
    count = len(said)
    assert said[0] == ((1,), {"two": 2})
    assert not every.is_alive()
    assert len(said) == count
    with pytest.raises(ValueError, match="above 0"):
        Every(0, do)
