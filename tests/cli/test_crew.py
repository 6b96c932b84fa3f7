"""`server.start`, `decider.start`, `worker.start`, `workflow.start`: an execution in many hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cli.sessions import Orchard, Session

PICKED = {"picked": ["apple 0", "apple 1", "apple 2", "apple 3"]}
WORKER = ("worker.start", "orchard", "-N", "1", "--task-list", "trees")


def begin_all(orchard: Orchard) -> list[Session]:
    """Begin an engine, a decider and a worker."""
    server = orchard.begin("server.start", "--db", str(orchard.file), "--port", "0")
    server.hears("listening on")
    return [server, orchard.begin("decider.start", "orchard.Harvest", "-N", "1"), orchard.begin(*WORKER)]


def stop(*sessions: Session) -> None:
    """Stop them as an operator does: each ends well, and nothing of it is left."""
    for each in sessions:
        each.terminate()
    for each in sessions:
        ran = each.ended()
        assert ran.code == 0, ran.err


def start(orchard: Orchard) -> None:
    ran = orchard.run("workflow.start", "orchard.Harvest", "--input", "[4]", "--workflow-id", "mine")
    assert ran.out.startswith("mine ")
    assert ran.code == 0, ran.err


def result(orchard: Orchard) -> object:
    with orchard.client() as client:
        return client.execution("mine").result(timeout=25)


def check_each_ran_once(orchard: Orchard) -> None:
    assert [each for each in orchard.notes() if each != "gate"] == ["0", "1", "2", "3"]
    assert sorted(orchard.completed("mine").values()) == [1] * 5


# From hand to hand


def test_killed_whole_halfway_and_begun_again_all_of_it_ends(orchard: Orchard) -> None:
    sessions = begin_all(orchard)
    start(orchard)
    orchard.noted("gate")
    assert [line.split()[:2] for line in orchard.run("workflow.tasks", "mine").out.splitlines()] == [
        ["orchard.pass_gate", "started"],
        ["orchard.pick", "completed"],
        ["orchard.pick", "completed"],
    ]
    for each in sessions:
        each.kill()
    orchard.open()
    sessions = begin_all(orchard)
    assert result(orchard) == PICKED
    check_each_ran_once(orchard)
    assert orchard.run("workflow.list", "-s", "closed").out == "mine  harvest  CLOSED\n"
    told = orchard.run("workflow.info", "mine").out
    assert told.split()[:5] == ["default", "harvest", "1", "orchard", "mine"]
    assert orchard.status("mine") == "COMPLETED"
    stop(*reversed(sessions))


def test_without_a_server_the_others_go_on_when_who_has_the_engine_is_killed(orchard: Orchard) -> None:
    start(orchard)
    worker = orchard.begin(*WORKER)
    worker.hears("worker: 1 on")
    decider = orchard.begin("decider.start", "--task-list", "orchard", "-N", "1")
    orchard.noted("gate")
    worker.kill()
    orchard.open()
    worker = orchard.begin(*WORKER)
    assert result(orchard) == PICKED
    check_each_ran_once(orchard)
    stop(worker, decider)


# Stopping


def test_ctrl_c_lets_what_runs_finish(orchard: Orchard) -> None:
    ran = orchard.run("workflow.start", "orchard.Shift", "--input", '["gate"]', "--workflow-id", "mine")
    assert ran.code == 0, ran.err
    decider = orchard.begin("decider.start", "orchard.Shift", "-N", "1")
    worker = orchard.begin(*WORKER)
    orchard.noted("gate")
    for each in (worker, decider):
        each.interrupt()
        each.hears("caught signal signal=SIGINT")
    orchard.open()
    for each in (worker, decider):
        assert each.ended().code == 0, each.err
    assert orchard.notes() == ["gate"]
    assert orchard.completed("mine") == {"activity-orchard.pass_gate-1": 1}
    assert orchard.status("mine") == "OPEN"


# What cannot be meant


def test_what_a_decider_cannot_mean_is_told_in_a_line(orchard: Orchard) -> None:
    told = {
        (): "A task list is needed if no workflows are specified",
        ("orchard.Homeless",): "Homeless names no task list: say --task-list",
        ("orchard.Harvest", "orchard.Year"): 'all workflows must have the same task list "orchard" unless',
        ("orchard.Forest",): "module orchard has no Forest",
    }
    orchard.refuses("decider.start", told)
