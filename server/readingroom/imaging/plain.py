"""Frozen values to plain JSON values and back, strictly: what does not fit the declared types is refused."""

from __future__ import annotations

import dataclasses
import functools
import math
import os
import types
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, TypeVar, Union

T = TypeVar("T")
Reader = Callable[[Any], Any]


class NotPlain(ValueError):
    """A JSON value that is not of the declared type."""


def to_plain(value: Any) -> Any:
    """Dataclasses become objects, tuples become lists; everything else is JSON already."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: to_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple | list):
        return [to_plain(item) for item in value]
    return value


def path_to_plain(path: Path) -> str:
    """A path as a string of JSON, also one whose name is no UTF-8: each byte of it is one character."""
    return os.fsencode(path).decode("latin-1")


def path_from_plain(text: str) -> Path:
    """The inverse of path_to_plain."""
    return Path(os.fsdecode(text.encode("latin-1")))


def from_plain(kind: type[T], value: Any) -> T:
    """The inverse of to_plain for dataclass `kind`; NotPlain where keys, types or finiteness differ."""
    anything: Any = kind
    result: T = _reader(anything)(value)
    return result


@functools.cache
def _reader(kind: Any) -> Reader:
    if isinstance(kind, typing.NewType):
        return _reader(kind.__supertype__)
    if dataclasses.is_dataclass(kind):
        return _object_reader(kind)
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin is Literal:
        return _literal_reader(arguments)
    if origin is Union or origin is types.UnionType:
        return _optional_reader(arguments)
    if kind is float:
        return _float
    if isinstance(kind, type) and issubclass(kind, str) and kind is not str:
        return _enum_reader(kind)
    return _exact_reader(kind)


def _object_reader(kind: Any) -> Reader:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}
    required = {
        field.name for field in dataclasses.fields(kind) if field.default is dataclasses.MISSING
    }  # fields that came later have defaults, so older files still open

    def read(value: Any) -> Any:
        if not isinstance(value, dict) or not required <= value.keys() <= readers.keys():
            raise NotPlain(f"not a {kind.__name__}")
        return kind(**{name: readers[name](item) for name, item in value.items()})

    return read


def _tuple_reader(arguments: tuple[Any, ...]) -> Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        item_reader = _reader(arguments[0])

        def read_any(value: Any) -> Any:
            if not isinstance(value, list):
                raise NotPlain("not a list")
            return tuple([item_reader(item) for item in value])

        return read_any
    readers = [_reader(argument) for argument in arguments]

    def read_fixed(value: Any) -> Any:
        if not isinstance(value, list) or len(value) != len(readers):
            raise NotPlain(f"not a list of {len(readers)}")
        return tuple([reader(item) for reader, item in zip(readers, value, strict=True)])

    return read_fixed


def _literal_reader(arguments: tuple[Any, ...]) -> Reader:
    def read(value: Any) -> Any:
        if value not in arguments:
            raise NotPlain(f"{value!r} is none of {arguments}")
        return value

    return read


def _optional_reader(arguments: tuple[Any, ...]) -> Reader:
    kinds = [argument for argument in arguments if argument is not types.NoneType]
    if len(kinds) != 1:
        raise TypeError(f"only `X | None` is read, not {arguments}")
    inner = _reader(kinds[0])
    return lambda value: None if value is None else inner(value)


def _enum_reader(kind: type[str]) -> Reader:
    def read(value: Any) -> Any:
        try:
            return kind(value)
        except ValueError as error:
            raise NotPlain(str(error)) from None

    return read


def _exact_reader(kind: Any) -> Reader:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise NotPlain(f"{type(value).__name__} where {kind.__name__} was expected")
        return value

    return read


def _float(value: Any) -> float:
    if type(value) not in (float, int) or not math.isfinite(value):
        raise NotPlain("not a finite number")
    return float(value)
