"""`workflow.start` and `workflow.terminate`: what they do to an engine."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from swf.client import connect

if TYPE_CHECKING:
    from cli.ground import Ground

DAY = '["2026-05-04"]'
A_YEAR = "31536000"


def described(ground: Ground, workflow_id: str, run_id: str, domain: str = "default") -> dict[str, Any]:
    client = connect(ground.file)
    try:
        execution = {"workflowId": workflow_id, "runId": run_id}
        detail = client.describe_workflow_execution(domain=domain, execution=execution)
        page = client.get_workflow_execution_history(domain=domain, execution=execution)
    finally:
        client.close()
    began = page["events"][0]["workflowExecutionStartedEventAttributes"]
    return {**detail["executionInfo"], **detail["executionConfiguration"], "input": began.get("input")}


def started(ground: Ground, *words: str, **environment: str) -> tuple[str, str]:
    ran = ground.run("workflow.start", *words, **environment)
    assert ran.code == 0, ran.err
    workflow_id, run_id = ran.out.split()
    assert ran.out == f"{workflow_id} {run_id}\n"
    return workflow_id, run_id


def test_ids_are_printed_and_domain_and_type_registered_on_the_way(ground: Ground) -> None:
    workflow_id, run_id = started(ground, "shop.Shop", "--input", DAY)
    assert re.fullmatch(r"shop-2-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", workflow_id)
    run = described(ground, workflow_id, run_id)
    assert run["workflowType"] == {"name": "shop", "version": "2"}
    assert run["taskList"] == {"name": "counter"}
    assert run["executionStartToCloseTimeout"] == A_YEAR
    assert run["taskStartToCloseTimeout"] == "30"
    assert run["childPolicy"] == "TERMINATE"
    assert "tagList" not in run
    assert json.loads(run["input"]) == {
        "__extra": {"class": "shop.Shop"},
        "args": ["2026-05-04"],
        "kwargs": {},
    }


def test_what_the_class_says_holds_though_the_type_is_registered_otherwise(ground: Ground) -> None:
    client = connect(ground.file, domain="default")
    client.register_workflow_type(
        domain="default",
        name="careful",
        version="2",
        defaultExecutionStartToCloseTimeout="300",
        defaultTaskStartToCloseTimeout="300",
        defaultChildPolicy="TERMINATE",
        defaultTaskList={"name": "None"},
    )
    client.close()
    run = described(ground, *started(ground, "shop.Careful"))
    assert run["executionStartToCloseTimeout"] == "7200"
    assert run["taskStartToCloseTimeout"] == "60"
    assert run["childPolicy"] == "ABANDON"
    assert run["taskList"] == {"name": "counter"}
    assert run["tagList"] == ["fragile", "blue"]


def test_options_go_before_what_the_class_says(ground: Ground) -> None:
    words = [
        "--workflow-id",
        "mine",
        "--task-list",
        "elsewhere",
        "--execution-timeout",
        "99",
        "--tags",
        "a, b",
    ]
    words += ["--decision-tasks-timeout", "9", "--domain", "Shops"]
    workflow_id, run_id = started(ground, "shop.Careful", *words)
    assert workflow_id == "mine"
    run = described(ground, workflow_id, run_id, "Shops")
    assert run["taskList"] == {"name": "elsewhere"}
    assert run["executionStartToCloseTimeout"] == "99"
    assert run["taskStartToCloseTimeout"] == "9"
    assert run["tagList"] == ["a", "b"]


def test_the_domain_may_be_in_the_environment(ground: Ground) -> None:
    workflow_id, run_id = started(ground, "shop.Careful", SWF_DOMAIN="Shops")
    assert described(ground, workflow_id, run_id, "Shops")["executionStatus"] == "OPEN"


def test_an_id_that_runs_is_not_started_again(ground: Ground) -> None:
    started(ground, "shop.Careful", "--workflow-id", "mine")
    ran = ground.run("workflow.start", "shop.Careful", "--workflow-id", "mine")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err == "Error: an execution with the id 'mine' is running already\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("shop.Shop",), "missing 1 required argument: 'day'"),
        (("shop.Shop", "--input", '["tomorrow"]'), "args[0]"),
        (("shop.Nameless",), "Nameless has no name: give the class one to start it"),
        (("shop.Careful", "--skip-time"), "--skip-time can only be set with --local"),
        (("shop.Careful", "-W", "2"), "--nb-workers can only be set with --local"),
        (
            ("shop.Careful", "--middleware-pre-execution", "shop.f"),
            "--middleware-pre-execution can only be set with --local",
        ),
        (("shop.Careful", "--tags", "a,b,c,d,e,f"), "at most 5 tags"),
    ],
)
def test_what_cannot_be_meant_starts_nothing(ground: Ground, words: tuple[str, ...], said: str) -> None:
    ran = ground.run("workflow.start", *words)
    assert (ran.code, ran.out) == (2, "")
    [line] = ran.err.splitlines()
    assert said in line
    assert not ground.file.exists()


def test_terminate_ends_the_open_run_and_says_nothing(ground: Ground) -> None:
    workflow_id, run_id = started(ground, "shop.Careful")
    ran = ground.run("workflow.terminate", workflow_id)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert described(ground, workflow_id, run_id)["closeStatus"] == "TERMINATED"
    again = ground.run("workflow.terminate", "default", workflow_id, run_id)
    assert (again.code, again.out) == (1, "")
    assert again.err == f"Error: {workflow_id} is closed: TERMINATED\n"


def test_a_running_execution_is_seen_by_other_commands(ground: Ground) -> None:
    workflow_id, _ = started(ground, "shop.Careful")
    assert ground.run("workflow.list").out == f"{workflow_id}  careful  OPEN\n"
    assert ground.run("workflow.tasks", workflow_id).out == "\n"
