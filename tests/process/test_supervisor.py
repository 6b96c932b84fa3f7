"""Supervisors as operators meet them: real processes, real signals, kill -9."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simpleflow.swf.process import child as child_module
from simpleflow.swf.process.child import Child, how_it_ended
from simpleflow.swf.process.supervisor import Group, Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

TROUPE = Path(__file__).with_name("troupe.py")


class Troupe:
    """The program of `troupe.py`, run in a process."""

    def __init__(self, behaviour: str, count: int, grace: float) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(TROUPE), behaviour, str(count), str(grace)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.pids: list[int] = []

    def hear(self, word: str) -> list[str]:
        """Return what is said with `word`, which must be what is said next."""
        assert self.process.stdout is not None
        said = self.process.stdout.readline().split()
        assert said[:1] == [word], (said, word)
        if word == "born":
            self.pids.append(int(said[1]))
        return said[1:]

    def born(self, count: int) -> list[int]:
        return [int(self.hear("born")[0]) for _ in range(count)]

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Return how it ends, and what it logged."""
        assert self.process.stderr is not None
        log = self.process.stderr.read()
        return self.process.wait(20), log

    def dispose(self) -> None:
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()


@pytest.fixture
def troupe() -> Iterator[Callable[..., Troupe]]:
    troupes = []

    def make(behaviour: str, count: int = 1, grace: float = 30) -> Troupe:
        troupes.append(Troupe(behaviour, count, grace))
        return troupes[-1]

    yield make
    for each in troupes:
        each.dispose()
        until(lambda pids=each.pids: not any(map(alive, pids)))  # type: ignore[misc]  # a default, not inferred


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come true"
        time.sleep(0.005)


def alive(pid: int) -> bool:
    """Tell whether a process lives: a dead one that nobody has waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_asked_to_stop_the_children_finish_and_the_exit_code_is_0(troupe: Callable[..., Troupe]) -> None:
    program = troupe("steady", 3)
    children = program.born(3)
    program.signal(signal.SIGTERM)
    stopped = {int(program.hear("stopped")[0]) for _ in range(3)}
    code, log = program.end()
    assert (code, stopped) == (0, set(children))
    assert "process: caught signal signal=SIGTERM" in log
    assert f"process: sending SIGTERM to pid={children[0]}" in log


def test_ctrl_c_at_the_terminal_asks_as_sigterm_does(troupe: Callable[..., Troupe]) -> None:
    program = troupe("steady", 2)
    program.born(2)
    program.signal(signal.SIGINT)
    program.hear("stopped")
    program.hear("stopped")
    assert program.end()[0] == 0


def test_a_killed_child_is_replaced_at_once_and_the_log_names_the_signal(
    troupe: Callable[..., Troupe],
) -> None:
    program = troupe("steady", 2)
    killed, other = program.born(2)
    before = time.monotonic()
    os.kill(killed, signal.SIGKILL)
    [replacement] = program.born(1)
    assert time.monotonic() - before < 2  # far from a tick of 5 seconds, even on a busy machine
    assert alive(other)
    assert replacement not in (killed, other)
    program.signal(signal.SIGTERM)
    code, log = program.end()
    assert code == 0
    assert f"steady (pid {killed}) was killed by SIGKILL; the next starts in 0 seconds" in log


def test_a_child_that_keeps_dying_is_started_ever_more_slowly(troupe: Callable[..., Troupe]) -> None:
    program = troupe("brief")
    births = [float(program.hear("born")[1]) for _ in range(6)]
    gaps = [later - sooner for sooner, later in itertools.pairwise(births)]
    assert all(gap >= least for gap, least in zip(gaps, (0, 0.1, 0.2, 0.4, 0.8), strict=True)), gaps


def test_what_is_hopeless_stops_all_with_its_exit_code(troupe: Callable[..., Troupe]) -> None:
    program = troupe("hopeless")
    program.born(1)
    code, log = program.end()
    assert code == 2
    assert "gave up" in log


def test_an_exception_is_logged_with_its_traceback(troupe: Callable[..., Troupe]) -> None:
    program = troupe("raising")
    program.born(2)  # the first has failed
    program.signal(signal.SIGTERM)
    _, log = program.end()
    assert "ValueError: no such task" in log
    assert "in raising" in log


@pytest.mark.parametrize("grace", [0.6, 0])
def test_who_is_busy_when_the_grace_is_over_is_told_to_give_up(
    troupe: Callable[..., Troupe], grace: float
) -> None:
    program = troupe("busy", grace=grace)
    program.born(1)
    program.signal(signal.SIGTERM)
    program.hear("asked")
    program.hear("gave-up")
    code, log = program.end()
    assert code == 1
    assert "exited with code 3" in log


def test_a_second_signal_means_now(troupe: Callable[..., Troupe]) -> None:
    program = troupe("busy", grace=3_600)
    program.born(1)
    program.signal(signal.SIGTERM)
    program.hear("asked")
    time.sleep(0.3)  # within a quarter of a second it would be the same request, come twice
    program.signal(signal.SIGTERM)
    program.hear("gave-up")
    assert program.end()[0] == 1


def test_a_signal_sent_to_the_process_and_to_its_group_is_one_request(troupe: Callable[..., Troupe]) -> None:
    program = troupe("busy", grace=1)
    program.born(1)
    program.signal(signal.SIGTERM)
    program.signal(signal.SIGINT)
    program.signal(signal.SIGTERM)
    asked = time.monotonic()
    program.hear("asked")
    program.hear("gave-up")
    assert time.monotonic() - asked >= 0.9
    program.end()


def test_who_does_not_listen_is_killed_in_the_end(troupe: Callable[..., Troupe]) -> None:
    program = troupe("stubborn", 2, grace=0.1)
    children = program.born(2)
    program.signal(signal.SIGTERM)
    assert program.end()[0] == 1
    assert not any(map(alive, children))


def test_children_die_with_a_supervisor_that_is_killed(troupe: Callable[..., Troupe]) -> None:
    program = troupe("stubborn", 3)
    children = program.born(3)
    program.signal(signal.SIGKILL)
    until(lambda: not any(map(alive, children)))


def test_what_a_dead_child_leaves_behind_is_killed(troupe: Callable[..., Troupe]) -> None:
    program = troupe("littering")
    pid, left = map(int, program.hear("born"))
    os.kill(pid, signal.SIGKILL)
    until(lambda: not alive(left))
    program.hear("born")
    program.signal(signal.SIGTERM)
    program.end()


def test_children_read_nothing_from_the_terminal(troupe: Callable[..., Troupe]) -> None:
    program = troupe("reading")
    assert program.hear("read") == ["''"]
    assert program.end()[0] == 2


def test_a_supervisor_in_a_process_of_its_own_dies_with_its_parent_and_so_do_its_children(
    troupe: Callable[..., Troupe],
) -> None:
    program = troupe("nested")
    inner = int(program.hear("inner")[0])
    children = program.born(2)
    program.signal(signal.SIGKILL)
    until(lambda: not any(map(alive, [inner, *children])))


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_ps_shows_who_is_who(troupe: Callable[..., Troupe]) -> None:
    program = troupe("steady")
    [pid] = program.born(1)
    assert title(pid) == "simpleflow steady[initializing]"
    assert title(program.process.pid) == "simpleflow Troupe[running]"
    program.signal(signal.SIGTERM)
    program.end()


def title(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().rstrip(b"\0").decode()


def test_titles_can_be_switched_off(troupe: Callable[..., Troupe], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIMPLEFLOW_DISABLE_SETPROCTITLE", "1")
    program = troupe("steady")
    [pid] = program.born(1)
    assert str(TROUPE) in title(pid)


def sleeping() -> None:
    time.sleep(600)


def test_a_supervisor_turns_where_the_process_has_more_to_do() -> None:
    with Supervisor(Group("a", sleeping, 1), Group("b", sleeping, 2), grace=5) as supervisor:
        first = supervisor.pids
        assert len(first) == 3
        os.kill(first[0], signal.SIGKILL)
        while len(supervisor.pids) != 3 or supervisor.pids == first:
            supervisor.turn(0.1)
        assert supervisor.pids[1:] == first[1:]
        supervisor.stop()
        assert supervisor.wait(20)
    assert supervisor.exit_code == 0  # they had not begun to listen: SIGTERM ends them


def test_a_supervisor_waits_in_a_thread_and_stops_from_another() -> None:
    with Supervisor(Group("a", sleeping, 2)) as supervisor:
        thread = threading.Thread(target=supervisor.wait)
        thread.start()
        supervisor.stop()
        thread.join(20)
        assert supervisor.over


def test_children_that_end_between_two_turns_are_waited_for_no_longer() -> None:
    with Supervisor(Group("a", sleeping, 2), grace=600) as supervisor:
        pids = supervisor.pids
        supervisor.stop()
        supervisor.turn()
        until(lambda: not any(map(alive, pids)))
        assert supervisor.wait(20)


def test_a_process_that_cannot_be_started_is_tried_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fork, failures = os.fork, iter(range(3))

    def failing() -> int:
        if next(failures, None) is not None:
            raise BlockingIOError("Resource temporarily unavailable")
        return fork()

    with Supervisor(Group("a", sleeping)) as supervisor:
        [first] = supervisor.pids
        monkeypatch.setattr(os, "fork", failing)
        os.kill(first, signal.SIGKILL)
        while supervisor.pids in ([], [first]):
            supervisor.turn(0.1)
    assert caplog.text.count("cannot be started: Resource temporarily unavailable") == 3


@pytest.mark.parametrize("quiet", [True, False])
def test_a_quiet_one_says_what_died_and_not_how_it_stops(
    quiet: bool, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"), Supervisor(Group("a", sleeping), grace=5, quiet=quiet) as supervisor:
        [first] = supervisor.pids
        os.kill(first, signal.SIGKILL)
        while supervisor.pids in ([], [first]):
            supervisor.turn(0.1)
        supervisor.stop()
        assert supervisor.wait(20)
    assert "was killed by SIGKILL" in caplog.text
    assert ("sending SIGTERM" not in caplog.text, "stopping" not in caplog.text) == (quiet, quiet)


def test_leaving_a_supervisor_kills_what_lives() -> None:
    with Supervisor(Group("a", sleeping, 2)) as supervisor:
        pids = supervisor.pids
    assert not any(map(alive, pids))
    assert supervisor.exit_code == 1


def test_without_pidfds_ends_are_seen_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "pidfd_open")
    with Supervisor(Group("a", sleeping)) as supervisor:
        [first] = supervisor.pids
        os.kill(first, signal.SIGKILL)
        while supervisor.pids in ([], [first]):
            supervisor.turn(20)


def test_where_the_kernel_does_not_kill_orphans_they_look_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(child_module, "_PR_SET_PDEATHSIG", None)
    monkeypatch.setattr(sys, "platform", "darwin")
    read, write = os.pipe()

    def parent() -> None:
        grandchild = Child(sleeping, "grandchild")
        grandchild.start()
        os.write(write, f"{grandchild.pid}\n".encode())
        time.sleep(600)

    child = Child(parent, "parent")
    child.start()
    orphan = int(os.read(read, 100))
    assert alive(orphan)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    until(lambda: not alive(orphan))
    os.close(read)
    os.close(write)


@pytest.mark.parametrize(
    ("target", "code"),
    [
        (lambda: None, 0),
        (lambda: 7, 7),
        (lambda: sys.exit(5), 5),
        (lambda: sys.exit(), 0),
        (lambda: sys.exit("why"), 1),
        (lambda: 1 / 0, 1),
        (lambda: os.kill(os.getpid(), signal.SIGUSR1), -signal.SIGUSR1),
    ],
)
def test_a_child_ends_as_its_target_does(target: Callable[[], int | None], code: int) -> None:
    child = Child(target, "child")
    child.start()
    assert child.wait(20) == code


def test_a_signal_to_a_child_that_is_being_born_ends_it() -> None:
    for _ in range(20):
        child = Child(sleeping, "child")
        child.start()
        child.signal(signal.SIGTERM)
        assert child.wait(20) == -signal.SIGTERM


def test_how_a_process_ended_is_told_in_words() -> None:
    assert how_it_ended(0) == "exited with code 0"
    assert how_it_ended(-9) == "was killed by SIGKILL"
    assert how_it_ended(-40) == "was killed by signal 40"
