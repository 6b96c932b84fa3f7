"""Long polls: they wait, end in time, are lost by nobody; and clocks, and the end of a server."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

import pytest

from front.wire import COUNT, POLL, Wire, request
from swf.engine.front import Bounds, serve
from swf.exceptions import CannotServe

if TYPE_CHECKING:
    from collections.abc import Callable

    from front.standin import StandIn
    from swf.engine.front import Server


def test_a_poll_is_answered_the_moment_there_is_something(wire: Wire, engine: StandIn) -> None:
    wire.send(request(*POLL))
    engine.wait_until(lambda it: bool(it.parked))
    began = time.monotonic()
    engine.hand_over(engine.parked[0])
    assert wire.answer().json["activityId"] == "a"
    assert time.monotonic() - began < 0.5


def test_a_poll_that_finds_nothing_ends_in_time(started: Callable[..., Server], engine: StandIn) -> None:
    engine.poll_seconds = 0.3
    with Wire(started().url) as wire:
        began = time.monotonic()
        answer = wire.ask(*POLL)
        assert 0.25 < time.monotonic() - began < 2
        assert answer.body == b'{"startedEventId":0}'
        assert wire.ask(*COUNT).status == 200
    assert engine.given_up == []


def test_a_poll_that_was_answered_is_not_ended_again(started: Callable[..., Server], engine: StandIn) -> None:
    engine.poll_seconds = 0.2
    with Wire(started().url) as wire:
        wire.send(request(*POLL))
        engine.wait_until(lambda it: bool(it.parked))
        engine.hand_over(engine.parked[0])
        wire.answer()
        time.sleep(0.4)
        assert wire.ask(*COUNT).json["count"] == 7


def test_who_hangs_up_polls_no_longer(server: Server, engine: StandIn) -> None:
    with Wire(server.url) as wire:
        wire.send(request(*POLL) + request(*POLL))
        engine.wait_until(lambda it: len(it.parked) == 2)
    engine.wait_until(lambda it: len(it.given_up) == 2)
    assert engine.parked == []


def test_the_engine_is_told_of_a_hang_up_before_the_loop_knows(server: Server, engine: StandIn) -> None:
    with Wire(server.url) as poller, Wire(server.url) as other:
        poller.send(request(*POLL))
        engine.wait_until(lambda it: bool(it.parked))
        call = engine.parked[0]
        assert call.alive()
        engine.hold(0.5)
        other.send(request(*COUNT))
        time.sleep(0.1)
        poller.close()
        time.sleep(0.1)
        assert engine.given_up == []
        assert not call.alive()
        other.answer()
    engine.wait_until(lambda it: bool(it.given_up))
    assert not call.alive()


def test_a_poller_that_has_sent_more_is_still_there(wire: Wire, engine: StandIn) -> None:
    wire.send(request(*POLL))
    engine.wait_until(lambda it: bool(it.parked))
    wire.send(b"POST / HT")
    assert engine.parked[0].alive()


def test_many_polls_wait_at_once(server: Server, engine: StandIn) -> None:
    wires = [Wire(server.url).send(request(*POLL)) for _ in range(300)]
    engine.wait_until(lambda it: len(it.parked) == 300)
    for call in list(engine.parked):
        engine.hand_over(call)
    for wire in wires:
        assert wire.answer().json["startedEventId"] == 3
        wire.close()


# Clocks


def test_what_is_due_later_happens_then(server: Server, engine: StandIn) -> None:
    engine.move_deadline(time.time() + 0.3)
    time.sleep(0.1)
    assert engine.ticks == 0
    engine.move_deadline(time.time() + 0.1)
    time.sleep(0.15)
    assert engine.ticks == 1
    time.sleep(0.3)
    assert engine.ticks == 1


def test_what_was_due_before_happens_at_once(started: Callable[..., Server], engine: StandIn) -> None:
    engine.next_deadline = time.time() - 100
    started()
    time.sleep(0.1)
    assert engine.ticks == 1


def test_a_failing_clock_is_tried_again(server: Server, engine: StandIn) -> None:
    def failing(seconds: float = 0.0) -> bool:
        engine.try_to_tick = working  # type: ignore[method-assign]  # the second time all is well
        return False

    working = engine.try_to_tick
    engine.try_to_tick = failing  # type: ignore[method-assign]  # for this test
    engine.move_deadline(time.time())
    time.sleep(1.5)
    assert engine.ticks == 1


# The end


def test_a_stop_answers_polls_with_nothing_and_closes(engine: StandIn) -> None:
    server = serve(engine)
    with Wire(server.url) as poller, Wire(server.url) as idle:
        idle.ask(*COUNT)
        poller.send(request(*POLL))
        engine.wait_until(lambda it: bool(it.parked))
        began = time.monotonic()
        server.close()
        assert time.monotonic() - began < 1
        answer = poller.answer()
        assert (answer.status, answer.body) == (200, b'{"startedEventId":0}')
        assert answer.headers["Connection"] == "close"
        assert poller.ended()
        assert idle.ended()
    with pytest.raises(ConnectionRefusedError):
        Wire(server.url)
    assert engine.announced == [server.url, None]
    server.close()


def test_a_stop_lets_what_is_under_way_end(engine: StandIn) -> None:
    server = serve(engine)
    with Wire(server.url) as wire, Wire(server.url) as half:
        half.send(request(*COUNT)[:-5])
        engine.hold(0.3)
        wire.send(request(*COUNT))
        time.sleep(0.1)
        closing = threading.Thread(target=server.close)
        closing.start()
        assert wire.answer().json["count"] == 7
        half.send(request(*COUNT)[-5:])
        assert half.answer().json["count"] == 7
        closing.join(5)
        assert not closing.is_alive()


def test_a_stop_answers_who_has_connected_and_asked_before_it(engine: StandIn) -> None:
    server = serve(engine)
    with Wire(server.url) as wire:
        wire.ask(*COUNT)
        engine.hold(0.3)
        wire.send(request(*COUNT))
        time.sleep(0.1)
        with Wire(server.url) as late:  # the loop is held: it has seen neither this nor the stop
            late.send(request(*COUNT))
            closing = threading.Thread(target=server.close)
            closing.start()
            assert late.answer().json["count"] == 7
            closing.join(5)
            assert not closing.is_alive()


def test_a_poll_during_a_stop_is_answered_at_once(engine: StandIn) -> None:
    server = serve(engine)
    with Wire(server.url) as wire:
        whole = request(*POLL)
        wire.send(whole[:-5])
        time.sleep(0.1)
        closing = threading.Thread(target=server.close)
        closing.start()
        time.sleep(0.1)
        wire.send(whole[-5:])
        assert wire.answer().body == b'{"startedEventId":0}'
        closing.join(5)
        assert not closing.is_alive()


def test_a_stop_waits_for_nobody_who_does_not_end(engine: StandIn) -> None:
    server = serve(engine, bounds=Bounds(stop_seconds=0.3))
    with Wire(server.url) as wire:
        wire.send(request(*COUNT)[:-5])
        time.sleep(0.1)
        began = time.monotonic()
        server.close()
        assert time.monotonic() - began < 2
        assert wire.ended()


# Where it listens


def test_a_taken_port_is_named(server: Server, engine: StandIn) -> None:
    with pytest.raises(
        CannotServe, match=f"cannot listen on 127.0.0.1:{server.port}: Address already in use"
    ):
        serve(engine, port=server.port)


@pytest.mark.parametrize(
    ("host", "port", "problem"),
    [
        ("", 0, "no host"),
        ("no.such.host.invalid", 0, "cannot listen on no.such.host.invalid"),
        ("127.0.0.1", 65_536, "no port 65536"),
        ("127.0.0.1", -1, "no port -1"),
        ("a" * 300, 0, "cannot listen on"),
    ],
)
def test_a_place_that_is_none_is_refused(engine: StandIn, host: str, port: int, problem: str) -> None:
    with pytest.raises(CannotServe, match=problem):
        serve(engine, host=host, port=port)


def test_localhost_is_served(engine: StandIn) -> None:
    server = serve(engine, host="localhost")
    with Wire(server.url) as wire:
        assert wire.ask(*COUNT).status == 200
    server.close()


def test_the_new_loopback_is_served_where_there_is_one(engine: StandIn) -> None:
    try:
        server = serve(engine, host="::1")
    except CannotServe:
        pytest.skip("no IPv6 here")
    assert server.url.startswith("http://[::1]:")
    with Wire(server.url) as wire:
        assert wire.ask(*COUNT, host="[::1]").status == 200
    server.close()
