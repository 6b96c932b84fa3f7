"""The AWS command line against `server.start`: it registers, starts, polls, completes, lists.

It lives in an environment of its own, which `make aws` prepares: `AWS_CLI` says where its `aws` is.
"""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest

from front.test_commands import START, Started

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

AWS = os.environ.get("AWS_CLI", "")

pytestmark = [
    pytest.mark.skipif(not AWS, reason="AWS_CLI names no aws command: `make aws` installs one"),
    pytest.mark.timeout(180),
]


@pytest.fixture
def aws(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id = A\naws_secret_access_key = secret\n")
    server = Started(*START, "--port", "0", "--db", str(tmp_path / "engine.db"), "--credentials", str(keys))
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "AWS_SHARED_CREDENTIALS_FILE": str(keys),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": server.url,
    }

    def aws(operation: str, *arguments: str) -> Any:
        command = [AWS, "swf", operation, "--output", "json", *arguments]
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        if done.returncode:
            return done.stderr.strip()
        return json.loads(done.stdout) if done.stdout.strip() else None

    yield aws
    server.dispose()


def test_a_workflow_from_the_command_line(aws: Callable[..., Any]) -> None:
    days = ("--workflow-execution-retention-period-in-days", "1")
    kind = ("--name", "W", "--workflow-version", "1")

    assert aws("register-domain", "--name", "d", *days) is None
    assert "DomainAlreadyExistsFault" in aws("register-domain", "--name", "d", *days)
    assert (
        aws("register-workflow-type", "--domain", "d", *kind, "--default-child-policy", "TERMINATE") is None
    )
    assert aws("register-activity-type", "--domain", "d", "--name", "A", "--activity-version", "1") is None
    started = aws(
        *("start-workflow-execution", "--domain", "d", "--workflow-id", "w"),
        *("--workflow-type", "name=W,version=1", "--task-list", "name=dl", "--input", "hello"),
        *("--execution-start-to-close-timeout", "100", "--task-start-to-close-timeout", "50"),
    )
    assert len(started["runId"]) == 46

    task = aws("poll-for-decision-task", "--domain", "d", "--task-list", "name=dl")
    assert task["workflowExecution"] == {"workflowId": "w", "runId": started["runId"]}
    assert task["events"][0]["workflowExecutionStartedEventAttributes"]["input"] == "hello"
    schedule = {
        "decisionType": "ScheduleActivityTask",
        "scheduleActivityTaskDecisionAttributes": {
            "activityType": {"name": "A", "version": "1"},
            "activityId": "a",
            "taskList": {"name": "al"},
            "scheduleToCloseTimeout": "50",
            "scheduleToStartTimeout": "50",
            "startToCloseTimeout": "50",
            "heartbeatTimeout": "NONE",
        },
    }
    answer = ("--task-token", task["taskToken"], "--decisions", json.dumps([schedule]))
    assert aws("respond-decision-task-completed", *answer) is None
    assert "UnknownResourceFault" in aws("respond-decision-task-completed", *answer)

    assert aws("count-pending-activity-tasks", "--domain", "d", "--task-list", "name=al")["count"] == 1
    work = aws("poll-for-activity-task", "--domain", "d", "--task-list", "name=al")
    assert work["activityId"] == "a"
    beat = aws("record-activity-task-heartbeat", "--task-token", work["taskToken"])
    assert beat == {"cancelRequested": False}
    done = ("--task-token", work["taskToken"], "--result", "42")
    assert aws("respond-activity-task-completed", *done) is None

    task = aws("poll-for-decision-task", "--domain", "d", "--task-list", "name=dl")
    complete = {
        "decisionType": "CompleteWorkflowExecution",
        "completeWorkflowExecutionDecisionAttributes": {"result": "42"},
    }
    assert (
        aws(
            "respond-decision-task-completed",
            "--task-token",
            task["taskToken"],
            "--decisions",
            json.dumps([complete]),
        )
        is None
    )

    listed = aws("list-closed-workflow-executions", "--domain", "d", "--start-time-filter", "oldestDate=0")
    assert [each["closeStatus"] for each in listed["executionInfos"]] == ["COMPLETED"]
    execution = f"workflowId=w,runId={started['runId']}"
    history = aws("get-workflow-execution-history", "--domain", "d", "--execution", execution)["events"]
    assert [event["eventId"] for event in history] == list(range(1, 12))
    assert history[-1]["eventType"] == "WorkflowExecutionCompleted"
    described = aws("describe-workflow-execution", "--domain", "d", "--execution", execution)
    assert described["executionInfo"]["executionStatus"] == "CLOSED"
    assert [
        each["name"] for each in aws("list-domains", "--registration-status", "REGISTERED")["domainInfos"]
    ] == ["d"]
