"""`workflow.list`, `.info`, `.tasks`, `.profile`: what they print, and which execution they mean."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from cli.ground import BEGAN, Past

if TYPE_CHECKING:
    from cli.ground import Ground

DAY = f"{BEGAN:%Y-%m-%d}"
NOW = time.time()


def runs(ground: Ground) -> list[str]:
    """Return the run ids of `basic`, the later one first."""
    rows = json.loads(ground.run("--format", "json", "workflow.info", "TestDomain", "basic").out)
    return [row[5] for row in rows]


def info(ground: Ground, *words: str, **environment: str) -> dict[str, Any]:
    ran = ground.run("--format", "prettyjson", "workflow.info", *words, **environment)
    assert ran.code == 0, ran.err
    (row,) = json.loads(ran.out)
    assert isinstance(row, dict)
    return row


def test_list_shows_id_type_and_status_the_latest_first(yesterday: Ground) -> None:
    ran = yesterday.run("workflow.list", "-s", "closed", "TestDomain")
    assert ran.out == "odd    basic  CLOSED\nbasic  basic  CLOSED\nbasic  basic  CLOSED\n"
    assert (ran.code, ran.err) == (0, "")


def test_list_has_a_header_when_asked_for(yesterday: Ground) -> None:
    ran = yesterday.run("--header", "workflow.list", "--status", "closed", "TestDomain")
    assert ran.out.splitlines()[:2] == [
        "Workflow ID    Workflow Type    Status",
        "odd            basic            CLOSED",
    ]


def test_list_shows_the_open_ones_by_default(yesterday: Ground) -> None:
    assert yesterday.run("workflow.list", "TestDomain").out == "\n"


def test_list_shows_those_that_started_so_many_days_ago_at_most(yesterday: Ground) -> None:
    words = ("workflow.list", "TestDomain", "-s", "closed", "--started-since")
    assert yesterday.run(*words, "0.001").out == "\n"
    assert yesterday.run(*words, "2").out.startswith("odd")


def test_info_is_about_the_latest_run_when_no_run_id_is_given(yesterday: Ground) -> None:
    [run_id] = runs(yesterday)
    ran = yesterday.run("--header", "workflow.info", "TestDomain", "basic")
    header, row = ran.out.splitlines()
    gap = " " * (len(run_id) - len("run_id"))
    assert header == (
        "domain      workflow_type.name    workflow_type.version    task_list    workflow_id    "
        f"run_id{gap}  tag_list      execution_time  input"
    )
    assert row == (
        "TestDomain  basic                 example                  example      basic          "
        f"{run_id}  a=1,b=foo              10.00  {{'args': [1, 5], 'kwargs': {{}}}}"
    )


def test_info_tells_of_the_workflow_itself_whatever_its_tasks_were(yesterday: Ground) -> None:
    row = info(yesterday, "TestDomain", "odd")
    assert row["execution_time"] == 4.0
    assert row["input"] == {"args": [0], "kwargs": {}}


def test_tasks_are_shown_the_newest_first(yesterday: Ground) -> None:
    ran = yesterday.run("--header", "workflow.tasks", "TestDomain", "basic")
    assert ran.out == (
        "Tasks                     Last State    Last State Time                   Scheduled Time\n"
        f"examples.basic.double     completed     {DAY} 12:01:04+00:00         "
        f"{DAY} 12:01:02+00:00\n"
        f"examples.basic.delay      completed     {DAY} 12:01:08+00:00         "
        f"{DAY} 12:01:02+00:00\n"
        f"examples.basic.increment  completed     {DAY} 12:01:01.750000+00:00  "
        f"{DAY} 12:01:00.500000+00:00\n"
    )


def test_tasks_are_as_many_as_asked_for(yesterday: Ground) -> None:
    ran = yesterday.run("--format", "csv", "workflow.tasks", "TestDomain", "basic", "--nb-tasks", "2")
    assert [row[0] for row in csv.reader(io.StringIO(ran.out))] == [
        "examples.basic.double",
        "examples.basic.delay",
    ]


def test_tasks_of_every_kind_and_state_are_shown(yesterday: Ground) -> None:
    ran = yesterday.run("--format", "json", "workflow.tasks", "TestDomain", "odd")
    assert [row[:2] for row in json.loads(ran.out)] == [
        ["later", "start_failed"],
        ["examples.basic.nothing", "schedule_failed"],
        ["examples.basic.increment", "scheduled"],
        ["go", "signaled"],
    ]


def test_profile_shows_who_ran_longest(yesterday: Ground) -> None:
    ran = yesterday.run("--header", "workflow.profile", "TestDomain", "basic")
    assert ran.out == (
        "Task                                 Last State    Scheduled           Time Scheduled  Start"
        "               Time Running  End                 Percentage of total time\n"
        f"activity-examples.basic.delay-1      completed     {DAY} 12:01              1.00  "
        f"{DAY} 12:01            5.00  {DAY} 12:01                       50.00\n"
        f"activity-examples.basic.double-1     completed     {DAY} 12:01              1.00  "
        f"{DAY} 12:01            1.00  {DAY} 12:01                       10.00\n"
        f"activity-examples.basic.increment-1  completed     {DAY} 12:01              1.00  "
        f"{DAY} 12:01            0.25  {DAY} 12:01                        2.50\n"
    )


def test_profile_leaves_out_what_has_not_started(yesterday: Ground) -> None:
    assert yesterday.run("workflow.profile", "TestDomain", "odd").out == "\n"


def test_profile_as_json_has_every_digit(yesterday: Ground) -> None:
    ran = yesterday.run("--format", "json", "workflow.profile", "TestDomain", "basic", "-n", "1")
    minute = f"{DAY} 12:01"
    task = "activity-examples.basic.delay-1"
    assert json.loads(ran.out) == [[task, "completed", minute, 1.0, minute, 5.0, minute, 50.0]]


@pytest.mark.parametrize(
    ("words", "environment"),
    [
        (("TestDomain", "basic"), {}),
        (("TestDomain", "basic"), {"SWF_DOMAIN": "Elsewhere"}),
        (("basic",), {"SWF_DOMAIN": "TestDomain"}),
        (("basic", "--domain", "TestDomain"), {"SWF_DOMAIN": "Elsewhere"}),
        (("-d", "TestDomain", "basic"), {}),
    ],
)
def test_one_word_is_the_workflow_id_two_begin_with_the_domain(
    yesterday: Ground, words: tuple[str, ...], environment: dict[str, str]
) -> None:
    assert info(yesterday, *words, **environment)["domain"] == "TestDomain"


def test_a_run_id_may_be_given_as_a_url_has_it(yesterday: Ground) -> None:
    [run_id] = runs(yesterday)
    quoted = "".join(f"%{ord(each):02X}" for each in run_id)
    for words in (("TestDomain", "basic", run_id), ("--domain", "TestDomain", "basic", quoted)):
        assert info(yesterday, *words)["run_id"] == run_id


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("TestDomain", "nope"), "Workflow nope not found\n"),
        (("TestDomain", "basic", "nope"), "Execution basic nope not found\n"),
    ],
)
def test_what_is_not_there_is_said_on_stdout_with_exit_code_1(
    yesterday: Ground, words: tuple[str, ...], said: str
) -> None:
    for command in ("workflow.info", "workflow.tasks", "workflow.profile", "workflow.terminate"):
        ran = yesterday.run(command, *words)
        assert (ran.code, ran.out, ran.err) == (1, said, "")


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ("workflow.list", "Nowhere"),
            1,
            "Error: Unknown domain: Nowhere: register it, or say another one (engine: {file})",
        ),
        (
            ("workflow.info", "Nowhere", "w"),
            1,
            "Error: Unknown domain: Nowhere: register it, or say another one (engine: {file})",
        ),
        (("workflow.list", "a", "b"), 2, "Error: say one domain"),
        (("workflow.list", "a", "--domain", "b"), 2, "Error: say one domain"),
        (("workflow.info", "a", "b", "c", "d"), 2, "Error: say [DOMAIN] WORKFLOW_ID"),
        (("workflow.info", "a", "b", "c", "--domain", "d"), 2, "Error: say [DOMAIN] WORKFLOW_ID"),
        (("workflow.list", "--engine", "ftp://here"), 2, "Error: 'ftp://here' names no engine"),
        (("workflow.list", "--engine", "http://127.0.0.1:9"), 1, "Error: the engine at http://127.0.0.1:9"),
        (("workflow.list", "--engine", "absent.db"), 1, "Error: there is no engine at"),
        (("--format", "xml", "workflow.list"), 2, "Usage:"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    yesterday: Ground, words: tuple[str, ...], code: int, said: str
) -> None:
    ran = yesterday.run(*words)
    assert (ran.code, ran.out) == (code, "")
    assert ran.err.startswith(said.format(file=yesterday.file)), ran.err
    assert "Traceback" not in ran.err
    assert not (yesterday.folder / "absent.db").exists()


@pytest.mark.parametrize(
    ("words", "printed"),
    [
        (("--format", "tabular"), "basic  basic  OPEN\n"),
        (("--format", "csv"), "basic,basic,OPEN\r\n"),
        (("--format", "csv", "--header"), "Workflow ID,Workflow Type,Status\r\nbasic,basic,OPEN\r\n"),
        (("--format", "tsv"), "basic\tbasic\tOPEN\r\n"),
        (("--format", "human"), "Workflow ID    basic\nWorkflow Type  basic\nStatus         OPEN\n"),
        (("--format", "json"), '[["basic","basic","OPEN"]]\n'),
        (
            ("--format", "json", "--header"),
            '[{"Status":"OPEN","Workflow ID":"basic","Workflow Type":"basic"}]\n',
        ),
        (
            ("--format", "prettyjson"),
            '[{"Status":"OPEN","Workflow ID":"basic","Workflow Type":"basic"}]\n',
        ),
    ],
)
def test_each_format(ground: Ground, words: tuple[str, ...], printed: str) -> None:
    past = Past(ground.file)
    past.clock.reach(NOW)
    past.start("basic", 1)
    past.close()
    ran = ground.run(*words, "workflow.list", "TestDomain")
    assert ran.out == printed
    assert ground.run("workflow.list", "TestDomain", SIMPLEFLOW_FORMAT=words[1]).out == (
        printed if "--header" not in words else ground.run(*words[:2], "workflow.list", "TestDomain").out
    )


def test_the_engine_asked_is_named_on_request(yesterday: Ground) -> None:
    ran = yesterday.run("workflow.list", "-v", "TestDomain")
    assert ran.err == f"engine: {yesterday.file}\n"


def test_the_open_run_is_meant_before_those_that_closed(ground: Ground) -> None:
    past = Past(ground.file)
    past.clock.reach(NOW)
    past.start("basic", 1)
    past.decide({"decisionType": "CancelWorkflowExecution"})
    past.after(1).start("basic", 2)
    past.close()
    assert info(ground, "TestDomain", "basic")["input"] == {"args": [2], "kwargs": {}}
