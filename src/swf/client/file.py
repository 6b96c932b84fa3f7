"""The client of the engine on a file, wherever it runs: in the process that has it, or in this one.

Who finds that nobody has the file opens it, and serves the others until it ends. Who loses its engine looks
again. The lock beside the file, held by the engine, decides every race; what is written in it is a hint.
"""

from __future__ import annotations

import json
import os
import threading
import time
import weakref
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from swf.client.http import HttpClient
from swf.exceptions import EngineInUse, EngineUnreachable, Misdirected, SWFError
from swf.places import identity, lock_of
from swf.protocol.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import msgspec

    from swf.engine import Engine
    from swf.exceptions import Fault
    from swf.protocol.sigv4 import Credentials

__all__ = ["FileClient"]

T = TypeVar("T")

_PAUSE = 0.01
_HEALTH_SECONDS = 5.0
"""How long whoever is said to have the file may take to confirm it."""
_TRIES = 5
"""How often a call looks for an engine that it loses each time."""


class FileClient(Client):
    """The engine on a file. Threads may share it; a process that forks may use it on both sides.

    `patience`: how many seconds to wait for a holder that does not answer (yet, or any more). One that does
    not `open_file` waits for whoever will.
    """

    def __init__(
        self,
        file: Path,
        *,
        spare: Credentials | None = None,
        patience: float = 10.0,
        open_file: bool = True,
    ) -> None:
        self.file = file
        self._spare = spare
        self._patience = patience
        self._open_file = open_file
        self._identity = identity(file)
        self._link: _Link | None = None
        self._links_of_others: list[_Link] = []
        self._finding = threading.Lock()
        self._pid = os.getpid()
        self._closed = False
        self._polls_end = False

    def __repr__(self) -> str:
        link = self._link
        return f"<FileClient {self.file}{f', {link.where}' if link else ''}>"

    def open(self) -> FileClient:
        """Find or open the engine now. Raises `EngineInUse`, or `StoreFailed` when it cannot be opened."""
        self._found()
        return self

    def close(self) -> None:
        """Let go of the engine; one that was opened here ends, and the others find another."""
        self._closed = True
        if (link := self._link) is not None:
            self._link = None
            link.close()

    def ask(self, request: msgspec.Struct) -> Any:
        return self._at_engine(lambda client: client.ask(request))

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        return self._at_engine(lambda client: client._call(operation, request))

    def tell_and_poll(
        self, answers: Sequence[msgspec.Struct], poll: msgspec.Struct, most: int = 1
    ) -> tuple[list[Fault | None], list[Any]]:
        return self._at_engine(lambda client: client.tell_and_poll(answers, poll, most))

    def stop_polling(self) -> None:
        self._polls_end = True
        if (link := self._link) is not None:
            link.client.stop_polling()

    def _at_engine(self, asked: Callable[[Client], T]) -> T:
        for tried in range(1, _TRIES + 1):
            link = self._found()
            try:
                return asked(link.client)
            except EngineUnreachable as lost:
                self._lose(link)
                if lost.maybe_done or self._closed or tried == _TRIES:
                    raise
            except Misdirected:
                self._lose(link)
        raise EngineUnreachable(str(self.file), f"its engine was lost {_TRIES} times")

    # Finding

    def _found(self) -> _Link:
        if self._pid != os.getpid():
            self._take_over()
        if (link := self._link) is not None:
            return link
        with self._finding:
            if self._link is None:
                if self._closed:
                    raise EngineUnreachable(str(self.file), "this client is closed")
                self._link = self._find()
                if self._polls_end:
                    self._link.client.stop_polling()
            return self._link

    def _find(self) -> _Link:
        end = time.monotonic() + self._patience
        while True:
            if (link := self._at_holder()) is not None:
                return link
            try:
                if self._open_file:
                    return self._opened()
                if time.monotonic() > end:
                    raise EngineUnreachable(str(self.file), "nobody serves it")
            except EngineInUse:
                if time.monotonic() > end:
                    raise
            time.sleep(_PAUSE)

    def _at_holder(self) -> _Link | None:
        """Return a link to whoever the lock says has the file, if it answers and says so too."""
        if (address := _address_in(lock_of(self.file))) is None:
            return None
        try:
            with closing(HttpClient(address, answer_seconds=_HEALTH_SECONDS)) as asked:
                if asked.health().get("engine") != self._identity:
                    return None
        except SWFError:  # it has ended, or is about to
            return None
        return _Link(HttpClient(address, spare=self._spare, identity=self._identity), f"at {address}")

    def _opened(self) -> _Link:
        from swf.engine import Engine
        from swf.engine.store import StoreFailed

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreFailed(f"cannot make the folder of {self.file}: {error.strerror}") from None
        engine = Engine(self.file)
        try:
            engine.serve()
        except BaseException:
            engine.close()
            raise
        link = _Link(engine.client(), "in this process", engine)
        weakref.finalize(self, link.close)
        return link

    def _lose(self, link: _Link) -> None:
        with self._finding:
            if self._link is link:
                self._link = None
                link.close()

    def _take_over(self) -> None:
        """Leave to the process that forked this one what is its own: its engine is another process's now."""
        self._finding = threading.Lock()
        self._pid = os.getpid()
        if self._link is not None and self._link.engine is not None:
            self._links_of_others.append(self._link)
            self._link = None


class _Link:
    """A client of the engine, and the engine when it is in this process."""

    def __init__(self, client: Client, where: str, engine: Engine | None = None) -> None:
        self.client = client
        self.where = where
        self.engine = engine
        self._pid = os.getpid()

    def close(self) -> None:
        if self._pid == os.getpid():
            self.client.close()
            if self.engine is not None:
                self.engine.close()


def _address_in(lock: Path) -> str | None:
    try:
        said = json.loads(lock.read_bytes())
        address = said["address"]
    except (OSError, ValueError, KeyError, TypeError):  # nobody, or somebody in the middle of writing
        return None
    return address if isinstance(address, str) and address.startswith("http://") else None
