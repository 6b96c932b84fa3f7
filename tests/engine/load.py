"""What clients do to an engine that is killed under them: `python load.py URL LOG SEED`, until stdin ends.

Every call has a key of its own, which its event will carry. The log has a line for each call: what was asked,
and what became of it: `done`, `refused` (and why), or `unknown` when the engine went away in the middle.
"""

from __future__ import annotations

import json
import random
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

from swf.client import HttpClient
from swf.exceptions import EngineUnreachable, Fault

if TYPE_CHECKING:
    from collections.abc import Callable

OF = {"domain": "d"}


class Load:
    """The threads of one process, and the log that they share."""

    def __init__(self, url: str, log: str, seed: str) -> None:
        self.url = url
        self.seed = seed
        self.log = open(log, "w", buffering=1)  # noqa: SIM115  # for the whole life of the process
        self.over = threading.Event()
        self.started: list[str] = []
        self.lost = 0
        """How often a thread has seen the engine go."""
        self._lock = threading.Lock()
        self._number = 0

    def key(self) -> str:
        with self._lock:
            self._number += 1
            return f"{self.seed}-{self._number}"

    def note(self, what: str, outcome: str, **more: Any) -> None:
        line = json.dumps({"what": what, "outcome": outcome, **more}) + "\n"
        with self._lock:
            self.log.write(line)

    def run(self) -> None:
        jobs = [self.begin, self.steer, self.decide, self.decide, self.work, self.work]
        threads = [
            threading.Thread(target=self.keep, args=(job, random.Random(f"{self.seed} {number}")))
            for number, job in enumerate(jobs)
        ]
        for thread in threads:
            thread.start()
        sys.stdin.read()
        self.over.set()
        for thread in threads:
            thread.join()

    def keep(self, job: Callable[[Caller, random.Random], None], rng: random.Random) -> None:
        caller = Caller(self)
        while not self.over.is_set():
            job(caller, rng)
        caller.client.close()

    # What the threads do

    def begin(self, caller: Caller, rng: random.Random) -> None:
        key = self.key()
        answer = caller.call(
            "start",
            key,
            "start_workflow_execution",
            **OF,
            workflowId=key,
            workflowType={"name": "W", "version": "1"},
        )
        if answer is not None:
            self.started.append(key)
        self.over.wait(rng.random() * 0.01)

    def steer(self, caller: Caller, rng: random.Random) -> None:
        if self.started:
            key = self.key()
            target = rng.choice(self.started)
            caller.call(
                *("signal", key, "signal_workflow_execution"),
                **OF,
                workflowId=target,
                signalName="s",
                input=key,
            )
        self.over.wait(rng.random() * 0.01)

    def decide(self, caller: Caller, rng: random.Random) -> None:
        key = self.key()
        task = caller.call("decision task", key, "poll_for_decision_task", **OF, taskList={"name": "dl"})
        if task is None or not task["startedEventId"]:
            return
        decisions: list[dict[str, Any]] = [
            {
                "decisionType": "StartTimer",
                "startTimerDecisionAttributes": {"timerId": key, "startToFireTimeout": rng.choice("0112")},
            },
            {
                "decisionType": "ScheduleActivityTask",
                "scheduleActivityTaskDecisionAttributes": {
                    "activityId": key,
                    "activityType": {"name": "A", "version": "1"},
                },
            },
        ]
        if task["startedEventId"] > 30:
            decisions = [
                {
                    "decisionType": "CompleteWorkflowExecution",
                    "completeWorkflowExecutionDecisionAttributes": {"result": key},
                }
            ]
        said = {"decisions": decisions, "executionContext": key}
        caller.respond("decision", key, "respond_decision_task_completed", task, **said)

    def work(self, caller: Caller, rng: random.Random) -> None:
        key = self.key()
        task = caller.call("activity task", key, "poll_for_activity_task", **OF, taskList={"name": "al"})
        if task is None or not task["startedEventId"]:
            return
        for number in range(rng.choice((0, 0, 1, 3))):
            place = [task["workflowExecution"]["workflowId"], task["activityId"], number]
            caller.call(
                *("heartbeat", key, "record_activity_task_heartbeat"),
                place=place,
                taskToken=task["taskToken"],
                details=f"{key} {number}",
            )
        if rng.random() < 0.2:  # keep the token until the engine has been killed
            lost = self.lost
            while self.lost == lost and not self.over.is_set():
                self.over.wait(0.01)
            caller.respond("kept", key, "respond_activity_task_completed", task, result=key)
        elif rng.random() < 0.8:
            caller.respond("activity", key, "respond_activity_task_completed", task, result=key)


class Caller:
    """One thread's client."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.client = HttpClient(load.url)

    def call(
        self, what: str, key: str, method: str, *, place: object = None, **given: Any
    ) -> dict[str, Any] | None:
        """Return the answer; None when there is none. A refusal is noted."""
        try:
            answer: dict[str, Any] = getattr(self.client, method)(**given)
        except Fault as fault:
            self.load.note(what, "refused", key=key, why=fault.code, text=fault.message, place=place)
            return None
        except EngineUnreachable as gone:
            outcome = "unknown" if gone.maybe_done or "poll" in method or what == "heartbeat" else "not sent"
            self.load.note(what, outcome, key=key, place=place)
            self.load.lost += 1
            self.load.over.wait(0.02)
            return None
        execution = answer.get("workflowExecution", {})
        self.load.note(
            what,
            "done",
            key=key,
            place=place,
            run=answer.get("runId") or execution.get("runId"),
            started=answer.get("startedEventId"),
        )
        return answer

    def respond(self, what: str, key: str, method: str, task: dict[str, Any], **given: Any) -> None:
        """Answer a task until it is known that it is answered; then once more, in vain."""
        given["taskToken"] = task["taskToken"]
        run, started = task["workflowExecution"]["runId"], task["startedEventId"]
        tried = 0
        while not self.load.over.is_set():
            tried += 1
            try:
                getattr(self.client, method)(**given)
            except Fault as fault:
                self.load.note(
                    *(what, "refused"),
                    key=key,
                    why=fault.code,
                    text=fault.message,
                    tried=tried,
                    run=run,
                    started=started,
                )
                return
            except EngineUnreachable:
                self.load.lost += 1
                time.sleep(0.02)
                continue
            self.load.note(what, "done", key=key, run=run, started=started)
            break
        else:
            self.load.note(what, "unknown", key=key, run=run, started=started)
            return
        self.call("again", key, method, **given)


if __name__ == "__main__":
    Load(*sys.argv[1:]).run()
