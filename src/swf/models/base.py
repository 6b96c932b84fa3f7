"""What the models have in common: values that know the same thing at SWF, and how the two differ."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from swf.core import PROCESS, ConnectedSWFObject
from swf.exceptions import UnknownResource
from swf.models.decision.values import CONVERSIONS
from swf.protocol.client import Client  # noqa: TC001  # dataclasses look at the annotations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Self

__all__ = ["CHILD_POLICIES", "BaseModel", "ChildPolicies", "Difference", "ModelDiff"]


class ChildPolicies(NamedTuple):
    """What may become of the children of an execution that is terminated or times out.

    https://docs.aws.amazon.com/amazonswf/latest/developerguide/swf-dg-child-workflows.html
    """

    TERMINATE: str = "TERMINATE"
    REQUEST_CANCEL: str = "REQUEST_CANCEL"
    ABANDON: str = "ABANDON"


CHILD_POLICIES = ChildPolicies()


class Difference(NamedTuple):
    """An attribute that is one thing here, and another at SWF."""

    attr: str
    local: Any
    upstream: Any


class ModelDiff:
    """The attributes in which a model differs from what SWF knows.

    Made of triples of a name, the value here, and the value at SWF; those that are equal, and those in
    `ignore_fields`, are left out. `"status" in diff` tells whether an attribute differs, `diff[0]` is a
    `Difference`, `len(diff)` says how many there are: a diff of nothing is false.
    """

    def __init__(self, *triples: tuple[str, Any, Any], ignore_fields: Iterable[str] = ()) -> None:
        self._ignored = frozenset(ignore_fields)
        self._differences: dict[str, Difference] = {}
        self.add_input(*triples)

    def add_input(self, *triples: tuple[str, Any, Any]) -> None:
        """Compare more attributes; one that was compared before is compared anew."""
        for name, local, upstream in triples:
            self._differences.pop(name, None)
            if name not in self._ignored and local != upstream:
                self._differences[name] = Difference(name, local, upstream)

    def merge(self, other: ModelDiff) -> None:
        """Take over the differences of another; where both have one, the other's."""
        self.add_input(*other)

    def differing_fields(self) -> list[str]:
        """Return the names of the attributes that differ."""
        return list(self._differences)

    def as_list(self) -> list[Difference]:
        """Return the differences."""
        return list(self._differences.values())

    def __contains__(self, name: object) -> bool:
        return name in self._differences

    def __len__(self) -> int:
        return len(self._differences)

    def __getitem__(self, place: int) -> Difference:
        return self.as_list()[place]

    def __iter__(self) -> Iterator[Difference]:
        return iter(self.as_list())

    def __repr__(self) -> str:
        return f"<ModelDiff {self.as_list()}>"


@dataclass(frozen=True, kw_only=True, repr=False)
class BaseModel(ConnectedSWFObject, ABC):
    """A value that stands for something at SWF, and asks there when it is told to.

    It does not change: what became of the thing is in `changes`, and `upstream` returns a new value.
    An attribute that is None says nothing about the thing, and is not compared. Without a connection of its
    own it has that of its domain.
    """

    region: str | None = field(default=None, compare=False)
    connection: Client = field(default=PROCESS, compare=False)
    boto3_client: Client = field(default=PROCESS, compare=False)

    shown: ClassVar[tuple[str, ...]] = ()
    """The attributes in its `repr`."""
    times: ClassVar[tuple[str, ...]] = ()
    """The attributes that are seconds; numbers and `timedelta` are kept as SWF has them, as text."""

    def __post_init__(self) -> None:
        super().__init__(self.region, self._given_client())
        for name in self.times:
            self._convert(name, CONVERSIONS["DurationInSeconds"])
        self._convert("task_list", lambda given: given["name"] if isinstance(given, Mapping) else given)

    @abstractmethod
    def upstream(self) -> Self:
        """Return what SWF knows. Raises `DoesNotExistError`."""

    @property
    def exists(self) -> bool:
        """Whether SWF knows it."""
        try:
            self.upstream()
        except UnknownResource:
            return False
        return True

    @property
    def changes(self) -> ModelDiff:
        """How it differs from what SWF knows. Raises `DoesNotExistError`."""
        upstream = self.upstream()
        compared = (each.name for each in fields(self) if each.compare)
        triples = ((name, getattr(self, name), getattr(upstream, name)) for name in compared)
        return ModelDiff(*(triple for triple in triples if triple[1] is not None))

    @property
    def is_synced(self) -> bool:
        """Whether SWF knows it, and knows nothing else about it."""
        try:
            return not self.changes
        except UnknownResource:
            return False

    def __repr__(self) -> str:
        shown = " ".join(f"{name}={_short(getattr(self, name))}" for name in self.shown)
        return f"<{type(self).__name__} {shown}>"

    def _given_client(self) -> Any:
        given = [
            each for each in (self.connection, self.boto3_client) if each is not PROCESS and each is not None
        ]
        if not given and self.region is None:
            return getattr(vars(self).get("domain"), "connection", None)
        return given[0] if given else None

    def _convert(self, name: str, convert: Callable[[Any], Any]) -> None:
        """Give an attribute the form in which it is kept, while it is being made."""
        if (given := vars(self).get(name)) is None:
            return
        try:
            vars(self)[name] = convert(given)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{name}: {error}") from None


def _short(value: Any) -> Any:
    return value.name if isinstance(value, BaseModel) and hasattr(value, "name") else value
