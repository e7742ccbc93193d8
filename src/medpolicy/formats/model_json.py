"""The model as plain JSON values and back, for the cache and for round trips.

A frozen type becomes the list of its fields in order; where a field may be one of several types, the name of the type stands
before it. Nothing but the model's own types can come out of it: unlike a pickle it runs no code.
"""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from collections.abc import Callable, Hashable, Mapping
from enum import Enum
from fractions import Fraction
from functools import cache
from typing import Any, TypeVar

Decoder = Callable[[Any], Any]
Kind = TypeVar("Kind")


def to_json(value: Any) -> Any:
    """A value of the model as plain values."""
    return _encode(value)


def from_json(kind: type[Kind], value: Any) -> Kind:
    """A value of that type; ValueError, TypeError, KeyError or `InvalidModel` where the plain values are of another form."""
    result = _decoder(typing.cast(Hashable, kind))(value)
    assert isinstance(result, kind)
    return result


def _encode(value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, str):
        return str(value)  # a plain one, whatever it was read as
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, tuple):
        return [_encode(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(_encode(item) for item in value)
    if isinstance(value, Mapping):
        return {str(_encode(key)): _encode(item) for key, item in value.items()}
    fields = _union_fields(typing.cast(Any, type(value)))
    return [_tagged(getattr(value, name)) if is_union else _encode(getattr(value, name)) for name, is_union in fields]


def _tagged(value: Any) -> Any:
    """A value whose type is not said by its field: with the name of its type where it needs one."""
    if isinstance(value, tuple):
        return [_tagged(item) for item in value]
    if isinstance(value, Mapping):
        return {str(_encode(key)): _tagged(item) for key, item in value.items()}
    if dataclasses.is_dataclass(value) or isinstance(value, datetime.date):
        return [type(value).__name__, _encode(value)]
    return _encode(value)


@cache
def _fields(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)


@cache
def _union_fields(kind: type) -> tuple[tuple[str, bool], ...]:
    hints = typing.get_type_hints(kind)
    return tuple((name, _is_union(hints[name])) for name in _fields(kind))


def _is_union(hint: Any) -> bool:
    """Whether values of it need a tag: several types that are written alike."""
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if origin is tuple:
        return any(_is_union(argument) for argument in arguments if argument is not ...)
    if origin is Mapping:
        return _is_union(arguments[1])
    if origin in (types.UnionType, typing.Union):
        return len([argument for argument in arguments if argument is not type(None)]) > 1
    return False


@cache
def _decoder(hint: Any) -> Decoder:
    origin = typing.get_origin(hint)
    arguments = typing.get_args(hint)
    if hint in (str, bool, int):
        return _same(hint)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {member.value: member for member in hint}.__getitem__
    if hint is datetime.date:
        return datetime.date.fromisoformat
    if hint is Fraction:
        return Fraction
    if origin in (types.UnionType, typing.Union):
        return _union_decoder(arguments)
    if origin is tuple:
        of = _decoder(arguments[0])
        return lambda value: tuple([of(item) for item in value])
    if origin is frozenset:
        of = _decoder(arguments[0])
        return lambda value: frozenset([of(item) for item in value])
    if origin is Mapping:
        key, of = _decoder(arguments[0]), _decoder(arguments[1])
        return lambda value: {key(name): of(item) for name, item in value.items()}
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _type_decoder(hint)
    raise TypeError(f"no JSON form for {hint}")


def _same(kind: type) -> Decoder:
    def decode(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError(f"expected {kind.__name__}")
        return value

    return decode


def _type_decoder(kind: type) -> Decoder:
    names = _fields(kind)
    decoders: list[Decoder] = []

    def decode(value: Any) -> Any:
        if not decoders:  # made on first use, because types may refer to themselves
            hints = typing.get_type_hints(kind)
            decoders.extend(_decoder(hints[name]) for name in names)
        if len(value) != len(names):
            raise ValueError(f"{kind.__name__} has another form")
        return kind(**{name: of(item) for name, of, item in zip(names, decoders, value, strict=True)})

    return decode


def _union_decoder(arguments: tuple[Any, ...]) -> Decoder:
    kinds = [argument for argument in arguments if argument is not type(None)]
    optional = len(kinds) < len(arguments)
    if len(kinds) == 1:
        of = _decoder(kinds[0])
        return (lambda value: None if value is None else of(value)) if optional else of
    tagged: dict[str, Any] = {
        kind.__name__: kind for kind in kinds if hasattr(kind, "__dataclass_fields__") or kind is datetime.date
    }

    def decode(value: Any) -> Any:
        if isinstance(value, list):
            name, inner = value
            return _decoder(tagged[name])(inner)
        if isinstance(value, bool | str) or (value is None and optional):
            return value
        raise TypeError("a value of no known type")

    return decode
