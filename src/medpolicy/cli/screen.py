"""Where text for a person goes: colour and tables in a terminal, plain text in a pipe.

Whatever is shown may come from a request, a policy file or a document, so control characters are escaped here, and Rich's
markup is never read.
"""

from __future__ import annotations

import os
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from typing import Protocol, TextIO

Piece = str | tuple[str, str]  # text, or text with a Rich style
PLAIN_WIDTH = 100


def printable(text: str) -> str:
    """The text on one line, without anything that a terminal would obey."""
    if text.isprintable():
        return text
    return "".join(_printable(character) for character in text)


def _printable(character: str) -> str:
    if character.isprintable():
        return character
    if unicodedata.category(character) == "Zs" or character in "\t\n":
        return " "
    return character.encode("unicode_escape").decode("ascii")


def printable_lines(text: str) -> str:
    """The same, line by line."""
    return "\n".join(printable(line) for line in text.split("\n"))


class Screen(Protocol):
    """What commands write to. `indent` is of the whole text, `hanging` of its second and later lines besides."""

    def line(self, *pieces: Piece, indent: int = 0, hanging: int = 0) -> None: ...

    def verbatim(self, text: str, *, indent: int = 0, style: str = "") -> None: ...

    def blank(self) -> None: ...

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None: ...


def open_screen() -> Screen:
    """A terminal's screen, or a plain one where standard output is none (or a dumb one)."""
    if is_terminal(sys.stdout):
        return _Terminal()
    return _Plain(sys.stdout)


def is_terminal(stream: TextIO) -> bool:
    """Whether somebody may be looking, and colours and redrawing are understood."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"


def at_a_terminal() -> bool:
    """Whether questions can be asked and answered."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _text_of(piece: Piece) -> str:
    return printable(piece if isinstance(piece, str) else piece[0])


class _Plain:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def line(self, *pieces: Piece, indent: int = 0, hanging: int = 0) -> None:
        text = "".join(_text_of(piece) for piece in pieces)
        wrapped = textwrap.wrap(
            text,
            PLAIN_WIDTH,
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=False,
            break_on_hyphens=False,
            drop_whitespace=True,
        )
        self._stream.write("\n".join(wrapped) + "\n")

    def verbatim(self, text: str, *, indent: int = 0, style: str = "") -> None:
        self._stream.write(" " * indent + printable(text) + "\n")

    def blank(self) -> None:
        self._stream.write("\n")

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        lines = [[printable(cell) for cell in row] for row in (headings, *rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(headings))]
        for line in lines:
            cells = [cell.ljust(width) for cell, width in zip(line, widths, strict=True)]
            self._stream.write("  ".join(cells).rstrip() + "\n")


class _Terminal:
    """Rich's console. It leaves colours out where NO_COLOR is set."""

    def __init__(self) -> None:
        from rich.console import Console  # only where there is a terminal: in a pipe nothing of it is needed

        self._console = Console(highlight=False, markup=False, emoji=False, soft_wrap=False)

    def line(self, *pieces: Piece, indent: int = 0, hanging: int = 0) -> None:
        from rich.text import Text

        text = Text()
        for piece in pieces:
            text.append(_text_of(piece), None if isinstance(piece, str) else piece[1])
        width = max(self._console.width, 20)
        first = text.wrap(self._console, max(width - indent, 10))
        if len(first) > 1 and hanging:
            head = first[0]
            rest = text[len(head.plain) :]
            rest = rest[len(rest.plain) - len(rest.plain.lstrip()) :]
            lines = [head, *rest.wrap(self._console, max(width - indent - hanging, 10))]
        else:
            lines = list(first)
        for at, one in enumerate(lines):
            one.rstrip()
            self._console.print(
                Text(" " * (indent + (hanging if at else 0))).append_text(one), no_wrap=True, overflow="ignore", crop=False
            )

    def verbatim(self, text: str, *, indent: int = 0, style: str = "") -> None:
        from rich.text import Text

        self._console.print(Text(" " * indent + printable(text), style=style), soft_wrap=True)

    def blank(self) -> None:
        self._console.print()

    def table(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich import box
        from rich.table import Table
        from rich.text import Text

        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for heading in headings:
            table.add_column(Text(printable(heading)), overflow="fold")
        for row in rows:
            table.add_row(*(Text(printable(cell)) for cell in row))
        self._console.print(table)
