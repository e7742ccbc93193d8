"""Lines of a stream: which there are, and how much of them is held."""

from __future__ import annotations

import io
from typing import Any

import pytest

from medpolicy import RequestError
from medpolicy.formats.json_text import MAXIMUM_BYTES
from medpolicy.review.lines import answer_lines, json_line, lines_of


class Counting(io.BytesIO):
    """Notes the longest read."""

    longest = 0

    def readline(self, limit: int | None = -1, /) -> bytes:
        line = super().readline(limit)
        self.longest = max(self.longest, len(line))
        return line


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"a", [b"a"]),
        (b"a\n", [b"a"]),
        (b"a\r\nb\r\n", [b"a", b"b"]),
        (b"\n \n\t\r\na\n\n", [b"a"]),
        (b"\xef\xbb\xbfa\n\xef\xbb\xbfb", [b"a", b"\xef\xbb\xbfb"]),
        (b"\xef\xbb\xbf\n\xef\xbb\xbf", [b"\xef\xbb\xbf"]),
        (b"a\rb\n", [b"a\rb"]),
        (b"a\x00b\x0c\n", [b"a\x00b\x0c"]),
        (b" a ", [b" a "]),
        (b"a\r", [b"a"]),
    ],
)
def test_lines(data, expected):
    assert list(lines_of(io.BytesIO(data))) == expected


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
def test_the_limit_counts_neither_the_line_end_nor_the_byte_order_mark(start, end):
    just = b"x" * MAXIMUM_BYTES
    assert list(lines_of(io.BytesIO(start + just + end))) == [just]
    assert list(lines_of(io.BytesIO(start + just + b"x" + end))) == [None]


@pytest.mark.parametrize("more", range(8))
def test_around_the_limit(more):
    line = b"x" * (MAXIMUM_BYTES + more)
    expected = None if more else line
    assert list(lines_of(io.BytesIO(line + b"\n" + b"next\n" + line))) == [expected, b"next", expected]


def test_no_more_is_held_than_a_request_may_have():
    stream = Counting(b"a\n" + b"x" * 5 * MAXIMUM_BYTES + b"\nb")
    assert list(lines_of(stream)) == [b"a", None, b"b"]
    assert stream.longest <= MAXIMUM_BYTES + 5


def test_answers_in_order_and_only_refusals_are_caught():
    def answer(request: Any) -> dict[str, Any]:
        if request == 1:
            raise RequestError("wrong-type", "id", "no", "r")
        if request == 2:
            raise KeyError("ours")
        return {"id": request}

    found = [(line.text, line.refused) for line in answer_lines(io.BytesIO(b"0\n1\n3"), answer)]
    assert found == [
        (b'{"id":0}', False),
        (b'{"id":"r","error":{"code":"wrong-type","field":"id","message":"no"}}', True),
        (b'{"id":3}', False),
    ]
    with pytest.raises(KeyError):
        list(answer_lines(io.BytesIO(b"2"), answer))


def test_what_is_no_character_is_escaped():
    assert json_line({"é": "\ud800\n"}) == b'{"\xc3\xa9":"\\ud800\\n"}'
