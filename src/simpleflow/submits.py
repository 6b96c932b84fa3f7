"""The types of `Workflow.submit`: what is submitted decides what its arguments and its result are.

Positional arguments may be futures of what the parameter takes, up to six of them; by keyword and inside
containers `simpleflow.futures.use` says the same. Nothing here exists at run time but the call itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ParamSpec, Protocol, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpleflow.activity import Executable
    from simpleflow.base import Submittable
    from simpleflow.canvas import FuncGroup, Group
    from simpleflow.futures import Future

__all__ = ["Submits"]

P = ParamSpec("P")
R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)
A = TypeVar("A")
A_in = TypeVar("A_in", contravariant=True)
B = TypeVar("B")
B_in = TypeVar("B_in", contravariant=True)
C = TypeVar("C")
C_in = TypeVar("C_in", contravariant=True)
D = TypeVar("D")
D_in = TypeVar("D_in", contravariant=True)
E = TypeVar("E")
E_in = TypeVar("E_in", contravariant=True)
F = TypeVar("F")
F_in = TypeVar("F_in", contravariant=True)


class AsyncRun0(Protocol[R_co]):
    """A workflow whose async run takes 0 positional arguments."""

    async def run(self) -> R_co: ...


class Run0(Protocol[R_co]):
    """A workflow whose run takes 0 positional arguments."""

    def run(self) -> R_co: ...


class AsyncRun1(Protocol[A_in, R_co]):
    """A workflow whose async run takes 1 positional arguments."""

    async def run(self, a: A_in, /) -> R_co: ...


class Run1(Protocol[A_in, R_co]):
    """A workflow whose run takes 1 positional arguments."""

    def run(self, a: A_in, /) -> R_co: ...


class AsyncRun2(Protocol[A_in, B_in, R_co]):
    """A workflow whose async run takes 2 positional arguments."""

    async def run(self, a: A_in, b: B_in, /) -> R_co: ...


class Run2(Protocol[A_in, B_in, R_co]):
    """A workflow whose run takes 2 positional arguments."""

    def run(self, a: A_in, b: B_in, /) -> R_co: ...


class AsyncRun3(Protocol[A_in, B_in, C_in, R_co]):
    """A workflow whose async run takes 3 positional arguments."""

    async def run(self, a: A_in, b: B_in, c: C_in, /) -> R_co: ...


class Run3(Protocol[A_in, B_in, C_in, R_co]):
    """A workflow whose run takes 3 positional arguments."""

    def run(self, a: A_in, b: B_in, c: C_in, /) -> R_co: ...


class AsyncRun4(Protocol[A_in, B_in, C_in, D_in, R_co]):
    """A workflow whose async run takes 4 positional arguments."""

    async def run(self, a: A_in, b: B_in, c: C_in, d: D_in, /) -> R_co: ...


class Run4(Protocol[A_in, B_in, C_in, D_in, R_co]):
    """A workflow whose run takes 4 positional arguments."""

    def run(self, a: A_in, b: B_in, c: C_in, d: D_in, /) -> R_co: ...


class AsyncRun5(Protocol[A_in, B_in, C_in, D_in, E_in, R_co]):
    """A workflow whose async run takes 5 positional arguments."""

    async def run(self, a: A_in, b: B_in, c: C_in, d: D_in, e: E_in, /) -> R_co: ...


class Run5(Protocol[A_in, B_in, C_in, D_in, E_in, R_co]):
    """A workflow whose run takes 5 positional arguments."""

    def run(self, a: A_in, b: B_in, c: C_in, d: D_in, e: E_in, /) -> R_co: ...


class AsyncRun6(Protocol[A_in, B_in, C_in, D_in, E_in, F_in, R_co]):
    """A workflow whose async run takes 6 positional arguments."""

    async def run(self, a: A_in, b: B_in, c: C_in, d: D_in, e: E_in, f: F_in, /) -> R_co: ...


class Run6(Protocol[A_in, B_in, C_in, D_in, E_in, F_in, R_co]):
    """A workflow whose run takes 6 positional arguments."""

    def run(self, a: A_in, b: B_in, c: C_in, d: D_in, e: E_in, f: F_in, /) -> R_co: ...


class AsyncRun(Protocol[P, R_co]):
    """A workflow with an async run."""

    async def run(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


class Run(Protocol[P, R_co]):
    """A workflow with a run."""

    def run(self, *args: P.args, **kwargs: P.kwargs) -> R_co: ...


class Submits:
    """What has a `submit`."""

    _executor: Any

    if TYPE_CHECKING:

        @overload
        def submit(self, submittable: Group, /) -> Future[list[Any]]: ...
        @overload
        def submit(self, submittable: Submittable | FuncGroup, /) -> Future[Any]: ...
        @overload
        def submit(self, submittable: type[AsyncRun0[R]], /) -> Future[R]: ...
        @overload
        def submit(self, submittable: type[AsyncRun1[A, R]], a: A | Future[A], /) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: type[AsyncRun2[A, B, R]], a: A | Future[A], b: B | Future[B], /
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[AsyncRun3[A, B, C, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[AsyncRun4[A, B, C, D, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[AsyncRun5[A, B, C, D, E, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[AsyncRun6[A, B, C, D, E, F, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            f: F | Future[F],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: type[AsyncRun[P, R]], /, *args: P.args, **kwargs: P.kwargs
        ) -> Future[R]: ...
        @overload
        def submit(self, submittable: type[Run0[R]], /) -> Future[R]: ...
        @overload
        def submit(self, submittable: type[Run1[A, R]], a: A | Future[A], /) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: type[Run2[A, B, R]], a: A | Future[A], b: B | Future[B], /
        ) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: type[Run3[A, B, C, R]], a: A | Future[A], b: B | Future[B], c: C | Future[C], /
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[Run4[A, B, C, D, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[Run5[A, B, C, D, E, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: type[Run6[A, B, C, D, E, F, R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            f: F | Future[F],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(self, submittable: type[Run[P, R]], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...
        @overload
        def submit(self, submittable: Callable[[], Executable[R]], /) -> Future[R]: ...
        @overload
        def submit(self, submittable: Callable[[A], Executable[R]], a: A | Future[A], /) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: Callable[[A, B], Executable[R]], a: A | Future[A], b: B | Future[B], /
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C], Executable[R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C, D], Executable[R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C, D, E], Executable[R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C, D, E, F], Executable[R]],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            f: F | Future[F],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: Callable[P, Executable[R]], /, *args: P.args, **kwargs: P.kwargs
        ) -> Future[R]: ...
        @overload
        def submit(self, submittable: Callable[[], R], /) -> Future[R]: ...
        @overload
        def submit(self, submittable: Callable[[A], R], a: A | Future[A], /) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: Callable[[A, B], R], a: A | Future[A], b: B | Future[B], /
        ) -> Future[R]: ...
        @overload
        def submit(
            self, submittable: Callable[[A, B, C], R], a: A | Future[A], b: B | Future[B], c: C | Future[C], /
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C, D], R],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C, D, E], R],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(
            self,
            submittable: Callable[[A, B, C, D, E, F], R],
            a: A | Future[A],
            b: B | Future[B],
            c: C | Future[C],
            d: D | Future[D],
            e: E | Future[E],
            f: F | Future[F],
            /,
        ) -> Future[R]: ...
        @overload
        def submit(self, submittable: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]: ...

    def submit(self, submittable: Any, /, *args: Any, **kwargs: Any) -> Any:
        """Submit an activity, child, container or task; futures among the arguments are dependencies.

        Returns a future. Raises `TypeError` for what cannot be submitted or does not take the arguments,
        `CodecError` for arguments that cannot be written, and the failure of a task that raises on failure.
        """
        return self._executor.submit(submittable, *args, **kwargs)
