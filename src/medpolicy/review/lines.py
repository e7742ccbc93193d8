"""A stream of requests, answered line for line. DESIGN.md, "The answer, as JSON".

Blank lines are skipped, and one bad line stops no other. A line is held only up to the size at which it is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from medpolicy.errors import RequestError
from medpolicy.formats.answers import error_json
from medpolicy.formats.json_text import MAXIMUM_BYTES, read_json
from medpolicy.library.library import Library
from medpolicy.review.determine import determine

_CHUNK = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Answering = Callable[[Any], dict[str, Any]]


class ByteLines(Protocol):
    """A binary file, a pipe, standard input: what has `readline` with a limit."""

    def readline(self, limit: int, /) -> bytes: ...


@dataclass(frozen=True, slots=True)
class AnsweredLine:
    """The answer to one line, as JSON text in UTF-8 without a line end; and whether the line was refused."""

    text: bytes
    refused: bool


def answer_lines(stream: ByteLines, answer: Answering) -> Iterator[AnsweredLine]:
    """An answer for each line that is not blank, in order."""
    for line in lines_of(stream):
        try:
            if line is None:
                raise RequestError("too-large", None, f"the request has more than {MAXIMUM_BYTES:,} bytes; no more are read")
            yield AnsweredLine(json_line(answer(read_json(line))), refused=False)
        except RequestError as error:
            yield AnsweredLine(json_line(error_json(error)), refused=True)


def answering(library: Library, *, as_of: date, engine: str = "compiled") -> Answering:
    """What answers one request that was read from JSON."""

    def answer(request: Any) -> dict[str, Any]:
        return determine(request, library, as_of=as_of, engine=engine)

    return answer


def lines_of(stream: ByteLines, *, limit: int = MAXIMUM_BYTES) -> Iterator[bytes | None]:
    """The lines that are not blank, without their ends; None for one that has more than `limit` bytes."""
    first = True
    held = limit + 5  # with a byte order mark and both characters of a line end
    while chunk := stream.readline(held):
        line = chunk[:-1] if chunk.endswith(b"\n") else chunk
        whole = line is not chunk or len(chunk) < held
        if line.endswith(b"\r"):
            line = line[:-1]
        if first:
            line = line.removeprefix(_BYTE_ORDER_MARK)
            first = False
        if not whole:
            _drop_the_rest(stream)
        if not whole or len(line) > limit:
            yield None
        elif line.strip():
            yield line


def _drop_the_rest(stream: ByteLines) -> None:
    while chunk := stream.readline(_CHUNK):
        if chunk.endswith(b"\n"):
            return


def json_line(value: Any) -> bytes:
    """Compact JSON. What is no character, a lone surrogate from an escape in the request, is escaped again."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
