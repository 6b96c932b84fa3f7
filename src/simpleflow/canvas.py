"""Canvas: several submittables with an order: side by side, in a row, or made when their turn comes.

These are values: what drives them is the dataflow. Options are never written onto what they hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from simpleflow.activity import Activity
from simpleflow.base import Submittable, SubmittableContainer
from simpleflow.futures import FINISHED, Future
from simpleflow.task import ActivityTask, ChildWorkflowTask, WorkflowTask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from simpleflow.workflow import Workflow

__all__ = ["Chain", "ChainFuture", "FuncGroup", "Group", "GroupFuture"]

Item = Submittable | SubmittableContainer


class GroupFuture(Future[list[Any]]):
    """The outcome of a group: done when all members are done; holds the futures of those submitted so far.

    Its result is the list of the members' results, in order, None for a failed one; its exception an
    `AggregateException` with one entry a member, unless failures do not bubble.
    """

    def __init__(
        self,
        activities: Sequence[Item],
        workflow: Workflow,
        max_parallel: int | None = None,
        bubbles_exception_on_failure: bool | None = None,
    ) -> None:
        super().__init__()
        self.activities = activities
        self.workflow = workflow
        self.max_parallel = max_parallel
        self.bubbles_exception_on_failure = bubbles_exception_on_failure is not False
        self.futures: list[Future[Any]] = []

    def __iter__(self) -> Iterator[Future[Any]]:
        return iter(self.futures)

    def __getitem__(self, index: int) -> Future[Any]:
        return self.futures[index]

    def __len__(self) -> int:
        return len(self.futures)

    def __bool__(self) -> bool:
        return True  # a future, be it of nothing

    @property
    def count_finished_activities(self) -> int:
        """How many of the members that were submitted have finished."""
        return sum(future._state == FINISHED for future in self.futures)


class ChainFuture(GroupFuture):
    """The outcome of a chain: the list of results so far, shorter than the chain when it broke."""

    def __init__(
        self,
        activities: Sequence[Item],
        workflow: Workflow,
        bubbles_exception_on_failure: bool | None = None,
        send_result: bool = False,
        break_on_failure: bool = True,
    ) -> None:
        super().__init__(activities, workflow, 1, bubbles_exception_on_failure)
        self.send_result = send_result
        self.break_on_failure = break_on_failure


class Group(SubmittableContainer):
    """Members that run side by side, at most `max_parallel` at once.

    A member is a submittable, a container, an `Activity` or `Workflow` class, or a tuple of one of these two
    and its arguments. `raises_on_failure`, where it is not None, holds for every member in place of its own.
    """

    default_future_class: ClassVar[type[GroupFuture]] = GroupFuture

    def __init__(
        self,
        *activities: Any,
        max_parallel: int | None = None,
        raises_on_failure: bool | None = None,
        bubbles_exception_on_failure: bool | None = None,
        future_class: type[GroupFuture] | None = None,
    ) -> None:
        if max_parallel is not None and max_parallel < 1:
            raise ValueError(f"max_parallel is at least 1, not {max_parallel}")
        self.activities: list[Item] = []
        self.max_parallel = max_parallel
        self.raises_on_failure = raises_on_failure
        self.bubbles_exception_on_failure = bubbles_exception_on_failure is not False
        self.future_class = future_class or self.default_future_class
        self.extend(activities)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self.activities))})"

    @property
    def workflow_tasks(self) -> list[WorkflowTask]:
        """The members that are children."""
        return [each for each in self.activities if isinstance(each, WorkflowTask)]

    def append(self, submittable: Any, /, *args: Any, **kwargs: Any) -> None:
        """Add a member; arguments go with an `Activity` or a `Workflow` class only."""
        self.activities.append(_item(submittable, args, kwargs))

    def extend(self, iterable: Iterable[Any]) -> None:
        """Add members."""
        for each in iterable:
            if isinstance(each, tuple):
                self.append(*each)
            else:
                self.append(each)

    def __iadd__(self, iterable: Iterable[Any]) -> Self:
        self.extend(iterable)
        return self

    def make_future(self, workflow: Workflow) -> GroupFuture:
        """Return the future of this group when `workflow` submits it."""
        return self.future_class(
            self.activities, workflow, self.max_parallel, self.bubbles_exception_on_failure
        )

    def submit(self, executor: Any) -> Future[Any]:
        """Submit it."""
        future: Future[Any] = executor.submit(self)
        return future


class Chain(Group):
    """Links that run one after the other.

    `send_result`: the result of a link is the last positional argument of the next: of an activity, a child
    or a function of a `FuncGroup`, of the first link of a chain, of every member of a group; what takes no
    arguments runs as it is. `break_on_failure`: a failed link ends the chain. `raises_on_failure=False`
    means that failures do not bubble either, unless `bubbles_exception_on_failure` says so.
    """

    default_future_class: ClassVar[type[GroupFuture]] = ChainFuture

    def __init__(
        self,
        *activities: Any,
        send_result: bool = False,
        break_on_failure: bool = True,
        max_parallel: int | None = None,
        raises_on_failure: bool | None = None,
        bubbles_exception_on_failure: bool | None = None,
        future_class: type[GroupFuture] | None = None,
    ) -> None:
        if send_result and not break_on_failure:
            raise ValueError("Cannot combine send_result=True with break_on_failure=False")
        if bubbles_exception_on_failure is None and raises_on_failure is False:
            bubbles_exception_on_failure = False
        self.send_result = send_result
        self.break_on_failure = break_on_failure
        super().__init__(
            *activities,
            max_parallel=max_parallel,
            raises_on_failure=raises_on_failure,
            bubbles_exception_on_failure=bubbles_exception_on_failure,
            future_class=future_class,
        )

    def make_future(self, workflow: Workflow) -> GroupFuture:
        """Return the future of this chain when `workflow` submits it."""
        make: Callable[..., GroupFuture] = self.future_class
        return make(
            self.activities,
            workflow,
            bubbles_exception_on_failure=self.bubbles_exception_on_failure,
            send_result=self.send_result,
            break_on_failure=self.break_on_failure,
        )


class FuncGroup(SubmittableContainer):
    """What `func(*args, **kwargs)` returns, called when its turn comes: a submittable or a container.

    Other returns raise `TypeError`; None is allowed with `_allow_none` and counts as done, with None.
    """

    def __init__(
        self,
        func: Callable[..., Any],
        /,
        *args: Any,
        raises_on_failure: bool | None = None,
        _allow_none: bool = False,
        **kwargs: Any,
    ) -> None:
        self.func = func
        self.args = args
        self.kwargs = kwargs
        self.raises_on_failure = raises_on_failure
        self.allow_none = _allow_none
        self.activities: Any = None

    def __repr__(self) -> str:
        return f"FuncGroup({getattr(self.func, '__name__', self.func)})"

    def make(self, *more: Any) -> Item | None:
        """Call the function, with `more` after its positional arguments."""
        made = self.func(*self.args, *more, **self.kwargs)
        if made is None and self.allow_none:
            return None
        if not isinstance(made, (Submittable, SubmittableContainer)):
            raise TypeError(
                "FuncGroup submission should return a Group or Submittable, "
                f"got {type(made)} instead (func: {self.func})"
            )
        self.activities = made
        return made

    def submit(self, executor: Any) -> Future[Any] | None:
        """Submit it."""
        future: Future[Any] | None = executor.submit(self)
        return future


def _item(submittable: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Item:
    from simpleflow.workflow import Workflow

    if isinstance(submittable, (Submittable, SubmittableContainer)):
        if args or kwargs:
            raise ValueError("args, kwargs not supported for Submittable or SubmittableContainer")
        return submittable
    if isinstance(submittable, Activity):
        return ActivityTask(submittable, *args, **kwargs)
    if isinstance(submittable, type) and issubclass(submittable, Workflow):
        return ChildWorkflowTask(submittable, *args, **kwargs)
    raise ValueError(f"{submittable!r} should be a Submittable, Group, or Activity")
