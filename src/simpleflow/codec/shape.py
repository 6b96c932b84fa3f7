"""What a callable takes and gives, and how both travel. It knows neither activities nor workflows."""

from __future__ import annotations

import functools
import inspect
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from simpleflow.codec.annotations import forms_of
from simpleflow.codec.forms import PLAIN, Form
from simpleflow.codec.image import MAX_DEPTH, at, image_of, step
from simpleflow.codec.parameters import Parameters
from simpleflow.codec.text import check_length, dumps, loads
from simpleflow.constants import MAX_INPUT_LENGTH, MAX_RESULT_LENGTH
from simpleflow.exceptions import CodecError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


class Input(NamedTuple):
    """What a callable is called with, and what is said beside it."""

    args: list[Any]
    kwargs: dict[str, Any]
    meta: Any = None


class CallShape:
    """What a callable takes and gives: checks its calls, writes and reads their inputs and results.

    `parameters_of` is what is called (for a class: its constructor), `result_of` what has the annotation of
    the result. With `method`, `parameters_of` is a function read from a class, whose `self` nobody passes.
    `name` is for messages. Nothing is looked at before it is needed.
    """

    def __init__(
        self,
        parameters_of: Callable[..., Any],
        result_of: Callable[..., Any] | None = None,
        *,
        method: bool = False,
        name: str | None = None,
    ) -> None:
        self._parameters_of = parameters_of
        self._result_of = result_of or parameters_of
        self._method = method
        self.name: str = name or str(getattr(parameters_of, "__name__", type(parameters_of).__name__))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name})"

    def check(self, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Raise the `TypeError` that a call would raise for what is missing or too much."""
        if kwargs or len(args) not in self._sure_lengths:
            self._parameters.check(self.name, args, kwargs)

    def encode_input(self, args: Sequence[Any], kwargs: Mapping[str, Any], meta: Any = None) -> str:
        """Return the text of an input; raises `CodecError` for what cannot travel, or is too long."""
        # Put together by hand, as this is done for each task.
        named = dumps(self._kwargs("dump", kwargs)) if kwargs else "{}"
        parts = f'{{"args":{dumps(self._args("dump", args))},"kwargs":{named}'
        if meta:
            parts += f',"meta":{dumps(at("meta", image_of, meta, MAX_DEPTH))}'
        return check_length(parts + "}", MAX_INPUT_LENGTH, f"input of {self.name}")

    def decode_input(self, text: str | None) -> Input:
        """Return what an input says; nothing, a bare list or a bare dict of arguments is one as well."""
        args, kwargs, meta = _parts_of_input(text)
        return Input(self._args("load", args), self._kwargs("load", kwargs), meta)

    def encode_result(self, value: Any) -> str:
        """Return the text of a result; raises `CodecError` for what cannot travel, or is too long."""
        text = dumps(at("result", self._result_form.dump, value, MAX_DEPTH))
        return check_length(text, MAX_RESULT_LENGTH, f"result of {self.name}")

    def decode_result(self, text: str | None) -> Any:
        """Return what a result says: None when there is none, the text itself when it is not JSON."""
        if not text:
            return None
        try:
            image = loads(text)
        except CodecError:
            return text
        return at("result", self._result_form.load, image, MAX_DEPTH)

    # What is found out when first needed

    @cached_property
    def _parameters(self) -> Parameters:
        return Parameters(self._parameters_of, self._method)

    @cached_property
    def _sure_lengths(self) -> range:
        return self._parameters.sure_lengths()

    @cached_property
    def _forms(self) -> dict[str | None, Form]:
        forms: dict[str | None, Form] = {}
        return forms | forms_of(_annotated(self._parameters_of))

    @cached_property
    def _place_forms(self) -> list[Form]:
        return [self._forms.get(name, PLAIN) for name in self._parameters.by_place]

    @cached_property
    def _result_form(self) -> Form:
        return forms_of(_annotated(self._result_of)).get("return", PLAIN)

    # How arguments are written and read

    def _args(self, verb: Literal["dump", "load"], args: Sequence[Any]) -> list[Any]:
        forms = self._place_forms
        if len(args) > len(forms):
            forms = forms + [self._forms.get(self._parameters.more_places, PLAIN)] * (len(args) - len(forms))
        return [
            at(f"args[{place}]", getattr(form, verb), value, MAX_DEPTH)
            for place, (form, value) in enumerate(zip(forms, args, strict=False))
        ]

    def _kwargs(self, verb: Literal["dump", "load"], kwargs: Mapping[str, Any]) -> dict[str, Any]:
        return {
            name: at(f"kwargs{step(name)}", getattr(self._form_of(name), verb), value, MAX_DEPTH)
            for name, value in kwargs.items()
        }

    def _form_of(self, name: str) -> Form:
        known = name in self._parameters.by_name
        return self._forms.get(name if known else self._parameters.more_names, PLAIN)


@functools.lru_cache(maxsize=4096)
def shape_of(target: Callable[..., Any]) -> CallShape:
    """Return the shape of a function, of a bound method, or of a class whose `execute` gives the result."""
    return CallShape(target, getattr(target, "execute", None) if inspect.isclass(target) else None)


def _annotated(target: Any) -> Any:
    """Return what holds the annotations of a callable."""
    while isinstance(target, functools.partial):
        target = target.func
    if inspect.isclass(target):
        return target.__init__
    return target if inspect.isroutine(target) else type(target).__call__


_PARTS = {"args", "kwargs", "meta", "__extra"}


def _parts_of_input(text: str | None) -> tuple[list[Any], dict[str, Any], Any]:
    message = at("input", lambda text, _: loads(text), text, MAX_DEPTH) if text else {}
    parts = {"args": message} if isinstance(message, list) else message or {}
    if isinstance(parts, dict) and parts and not _PARTS & parts.keys():
        parts = {"kwargs": parts}
    if isinstance(parts, dict):
        args, kwargs = parts.get("args") or [], parts.get("kwargs") or {}
        if isinstance(args, list) and isinstance(kwargs, dict):
            return args, kwargs, parts.get("meta")
    raise CodecError('expected {"args": [...], "kwargs": {...}}, or the list of arguments', "input")
