"""What a process does when it is told to stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import TYPE_CHECKING

from simpleflow.swf.process.signals import StopSignals, Urgency, stopping

if TYPE_CHECKING:
    import pytest


def send(number: int) -> None:
    os.kill(os.getpid(), number)


def test_the_first_signal_asks_and_the_second_insists() -> None:
    asked, insisted = threading.Event(), threading.Event()
    with stopping(asked.set, insisted.set):
        send(signal.SIGTERM)
        assert asked.wait(20)
        assert not insisted.is_set()
        time.sleep(0.3)  # within a quarter of a second it would be the same request, come twice
        send(signal.SIGINT)
        assert insisted.wait(20)


def test_signals_are_heard_while_the_main_thread_waits_for_something_that_never_comes() -> None:
    read, write = os.pipe()
    with stopping(lambda: os.write(write, b"woken"), lambda: None):
        threading.Timer(0.05, send, [signal.SIGTERM]).start()
        assert os.read(read, 10) == b"woken"
    os.close(read)
    os.close(write)


def test_the_handlers_of_before_are_back_afterwards() -> None:
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)
    with stopping(lambda: None, lambda: None):
        assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) != before
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGINT)) == before
    assert signal.set_wakeup_fd(-1) == -1


def test_the_second_signal_is_heard_where_stopping_failed(caplog: pytest.LogCaptureFixture) -> None:
    asked, insisted = threading.Event(), threading.Event()

    def fail() -> None:
        asked.set()
        raise OSError("the engine is gone")

    with stopping(fail, insisted.set):
        send(signal.SIGTERM)
        assert asked.wait(20)
        time.sleep(0.3)
        send(signal.SIGTERM)
        assert insisted.wait(20)
    assert "the engine is gone" in caplog.text


def test_a_loop_can_wait_for_signals_among_other_things() -> None:
    with StopSignals() as signals:
        assert signals.read() is Urgency.NONE
        send(signal.SIGINT)
        assert signals.read() is Urgency.GRACEFUL
        assert signals.read() is Urgency.GRACEFUL
