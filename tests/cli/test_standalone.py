"""`standalone` as users type it: what it prints, how it is interrupted and killed, how it goes on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from cli.sessions import Orchard, Session

HARVEST = ("standalone", "orchard.Harvest", "-W", "1", "--input")
ALL = '{"picked":["apple 0","apple 1","apple 2","apple 3"]}'
SOON = ("--grace", "0.3")


def at_the_gate(orchard: Orchard, *options: str) -> Session:
    """Begin a harvest of four trees, of which two are picked, and the rest is behind a gate."""
    session = orchard.begin(*HARVEST, "[4]", *options)
    orchard.noted("gate")
    return session


def first_line(out: str) -> str:
    return out.splitlines()[0]


# What it prints, and how it ends


def test_on_stdout_are_the_ids_then_what_is_printed_then_the_result(orchard: Orchard) -> None:
    ran = orchard.see(*HARVEST, "[2]")
    ids, *printed, result = ran.out.splitlines()
    assert re.fullmatch(r"harvest \S+", ids)
    assert [printed[0], *sorted(printed[1:])] == ["harvesting", "picking 0", "picking 1"]
    assert result == '{"picked":["apple 0","apple 1"]}'
    assert ran.code == 0
    assert f"engine: {orchard.file}, domain default" in ran.err
    assert orchard.status("harvest") == "COMPLETED"


@pytest.mark.parametrize(
    ("polite", "said"),
    [
        (
            "false",
            'WorkflowFailed: Workflow execution error in activity-orchard.bite: "ValueError: worms in 3"',
        ),
        ("true", "RuntimeError: no more, thank you"),
    ],
)
def test_a_failure_is_told_on_stderr_with_what_it_came_from(orchard: Orchard, polite: str, said: str) -> None:
    words = ("standalone", "orchard.Meal", "-W", "1", "--workflow-id", "lunch", "--input")
    ran = orchard.see(*words, polite)
    assert ran.code == 1
    assert re.fullmatch(r"lunch \S+\n", ran.out)
    told = ran.err.partition("execution lunch finished\n")[2]
    assert said in told
    assert "ValueError: worms in 3" in told
    assert f'File "{orchard.module}", line' in told
    assert orchard.status("lunch") == "FAILED"


def test_what_cannot_be_meant_is_told_in_a_line_and_starts_nothing(orchard: Orchard) -> None:
    told = {
        ("orchard.Harvest", "--input", "[4"): "the input is not JSON",
        ("orchard.Harvest",): "missing 1 required argument: 'trees'",
        ("orchard.Forest",): "module 'orchard' has no 'Forest'; its workflows: DeepNight, Estate, Harvest,",
        ("garden.Harvest",): "there is no module 'garden'",
    }
    orchard.refuses("standalone", told)


def test_its_status_is_displayed_until_it_ends_in_time_or_not(orchard: Orchard) -> None:
    session = at_the_gate(orchard, "--display-status", "--execution-timeout", "1")
    ran = session.ended()
    told = [line for line in ran.err.splitlines() if line.startswith("status: ")]
    assert told[0] == "status: OPEN"
    assert told[-1] == "status: CLOSED"
    assert ran.code == 1
    assert "WorkflowTimedOut" in ran.err
    assert orchard.status("harvest") == "TIMED_OUT"


def test_one_that_is_terminated_from_elsewhere_ends(orchard: Orchard) -> None:
    session = at_the_gate(orchard)
    assert orchard.run("workflow.terminate", "harvest").code == 0
    ran = session.ended()
    assert ran.code == 1
    assert "WorkflowTerminated" in ran.err


def test_the_result_is_that_of_the_last_run(orchard: Orchard) -> None:
    ran = orchard.see("standalone", "orchard.Year", "-W", "1", "--input", "4")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[1:] == ['"winter"']


def test_whatever_task_lists_classes_and_activities_name_all_runs_on_its_own(orchard: Orchard) -> None:
    ran = orchard.see("standalone", "orchard.Estate", "-W", "1")
    assert ran.code == 0, ran.err
    assert ran.out.splitlines()[-1] == '[{"picked":["apple 0"]},"apple 7"]'
    lists = {getattr(each, "task_list", None) for each in orchard.events("estate")}
    (own,) = {each.name for each in lists if each is not None}
    assert re.fullmatch(r"estate-[0-9a-f]{32}", own)


def test_two_share_the_engine_and_whoever_came_first_may_end_first(orchard: Orchard) -> None:
    first = at_the_gate(orchard)
    second = orchard.begin(*HARVEST, '[3, "other gate"]', "--workflow-id", "second")
    orchard.noted("other gate")
    orchard.open()
    assert first.ended().code == 0
    orchard.open("other gate")
    ran = second.ended()
    assert (ran.code, ran.out.splitlines()[-1]) == (0, '{"picked":["apple 0","apple 1","apple 2"]}')


# Ctrl-C


def test_the_first_ctrl_c_cancels_and_the_activity_is_told(orchard: Orchard) -> None:
    session = orchard.begin("standalone", "orchard.Night", "-W", "1")
    orchard.noted("guarding")
    session.interrupt()
    ran = session.ended()
    assert ran.code == 1
    assert "WorkflowCanceled: The workflow was canceled" in ran.err
    assert "Traceback" not in ran.err
    assert ran.out == first_line(ran.out) + "\n"
    assert orchard.notes() == ["guarding", "told"]
    assert orchard.status("night") == "CANCELED"


def test_the_second_ctrl_c_terminates_whatever_the_first_was_answered(orchard: Orchard) -> None:
    session = orchard.begin("standalone", "orchard.DeepNight", "-W", "1")
    orchard.noted("sleeping")
    session.interrupt()
    orchard.noted("asked")
    session.hears("Ctrl-C again terminates the execution")
    session.interrupt()
    ran = session.ended()
    assert ran.code == 1
    assert "WorkflowTerminated: interrupted" in ran.err
    assert "Traceback" not in ran.err
    assert orchard.status("deep night") == "TERMINATED"


# Going on


def goes_on(orchard: Orchard, begun: str) -> None:
    """See that the same command again takes up the execution that `begun` names, and ends it."""
    orchard.open()
    ran = orchard.see(*HARVEST, "[4]")
    assert ran.code == 0, ran.err
    assert f"taking up the open execution {begun}" in ran.err
    assert ran.out.splitlines()[0] == begun
    assert ran.out.splitlines()[-1] == ALL
    assert [each for each in orchard.notes() if each != "gate"] == ["0", "1", "2", "3"]
    assert set(orchard.completed("harvest").values()) == {1}
    assert len(orchard.completed("harvest")) == 5


def test_sigterm_leaves_it_open_and_the_same_again_ends_it(orchard: Orchard) -> None:
    session = at_the_gate(orchard, *SOON)
    session.terminate()
    ran = session.ended()
    assert ran.code == 1
    assert ran.err.splitlines()[-1] == "Error: the execution harvest is open: run this again to go on"
    assert sorted(ran.out.splitlines()[1:]) == ["harvesting", "picking 0", "picking 1"]
    assert orchard.status("harvest") == "OPEN"
    goes_on(orchard, first_line(ran.out))


def test_killed_whole_the_same_again_ends_it(orchard: Orchard) -> None:
    session = at_the_gate(orchard)
    session.kill()
    goes_on(orchard, first_line(session.out))


def test_an_open_one_is_taken_up_with_the_same_input_only(orchard: Orchard) -> None:
    begun = orchard.run("workflow.start", "orchard.Harvest", "--input", "[2]", "--workflow-id", "harvest").out
    other = orchard.see(*HARVEST, "[4]")
    assert (other.code, other.out) == (2, "")
    assert "the execution harvest is open with other input: " in other.err
    assert '"args":[2]' in other.err
    assert "give the same, or another --workflow-id" in other.err
    assert orchard.status("harvest") == "OPEN"
    same = orchard.see(*HARVEST, "2")
    assert (same.code, first_line(same.out)) == (0, begun.strip())


def test_code_that_no_longer_fits_leaves_it_open_unless_told_to_fail_it(orchard: Orchard) -> None:
    session = at_the_gate(orchard, *SOON, "--decision-tasks-timeout", "1")
    session.terminate()
    session.ended()
    orchard.open()
    orchard.module.write_text(orchard.module.read_text().replace("if tree == 2:", "if tree == 1:  # changed"))
    session = orchard.begin(*HARVEST, "[4]")
    session.hears("is not answered")
    session.terminate()
    ran = session.ended()
    assert ran.code == 1
    assert "Mend the code and restart" in ran.err
    assert orchard.status("harvest") == "OPEN"
    ran = orchard.see(*HARVEST, "[4]", "--fail-on-decider-error")
    assert ran.code == 1
    assert "the code no longer matches the history" in ran.err
    assert orchard.status("harvest") == "FAILED"
