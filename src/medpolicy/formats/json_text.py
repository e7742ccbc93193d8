"""JSON text -> plain values, strictly: no duplicate keys, no NaN, no lone surrogates, UTF-8 only, bounded in size."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from medpolicy.errors import RequestError

MAXIMUM_BYTES = 1024 * 1024


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice; it is looked for after parsing, to name the path."""

    key: str = ""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) == len(pairs):
        return result
    doubled = _Doubled(result)
    seen: set[str] = set()
    for key, _ in pairs:
        if key in seen:
            doubled.key = key
            break
        seen.add(key)
    return doubled


def _no_constant(text: str) -> NoReturn:
    raise ValueError(f"{text} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)


def read_json(data: bytes) -> Any:
    """The value of one JSON text; `RequestError` with `too-large`, `invalid-json` or `duplicate-key`."""
    if len(data) > MAXIMUM_BYTES:
        raise RequestError("too-large", None, f"the request has {len(data):,} bytes; at most {MAXIMUM_BYTES:,} are read")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RequestError("invalid-json", None, f"byte {error.start + 1} is not UTF-8") from None
    try:
        value = _DECODER.decode(text)
    except json.JSONDecodeError as error:
        raise RequestError("invalid-json", None, f"column {error.colno}: {error.msg}") from None
    except RecursionError:
        raise RequestError("invalid-json", None, "it is nested too deeply") from None
    except ValueError as error:
        raise RequestError("invalid-json", None, _without_input(error)) from None
    doubled = _find_doubled(value)
    if doubled is not None:
        path, key, holder = doubled
        request_id = holder.get("id") if isinstance(holder, dict) else None
        known = request_id if isinstance(request_id, str) and path != "id" else None  # which of two ids cannot be read
        raise RequestError("duplicate-key", path, f"the key {key[:60]!r} stands twice; keep one", known)
    return value


def _without_input(error: ValueError) -> str:
    text = str(error)
    return "a number has too many digits" if "digits" in text else text[:80]


def _find_doubled(value: Any) -> tuple[str, str, Any] | None:
    """The path of the first doubled key, walked without recursion."""
    stack: list[tuple[str, Any]] = [("", value)]
    while stack:
        path, item = stack.pop()
        if isinstance(item, dict):
            if isinstance(item, _Doubled):
                return (f"{path}.{item.key}" if path else item.key), item.key, value
            stack.extend(
                (f"{path}.{key}" if path else key, child) for key, child in item.items() if isinstance(child, dict | list)
            )
        elif isinstance(item, list):
            stack.extend((f"{path}[{at}]", child) for at, child in enumerate(item) if isinstance(child, dict | list))
    return None
