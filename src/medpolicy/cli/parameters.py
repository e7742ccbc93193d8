"""Text of the command line -> the few types that our commands take, without what Typer would load for that.

Typer builds a Pydantic adapter for each parameter of a command, which costs a third of the time of a whole `medpolicy check`.
Where a parameter is a flag, text, a whole number, a path, or a list of these, it is read here instead; any other is left to
Typer, and so is every one should Typer no longer keep what it builds where it does now.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

# Typer's types for commands and parameters are not public, therefore `Any` throughout.


def without_adapters(command: Any) -> Any:
    """The command, its simple parameters and those of its subcommands read by this module."""
    for parameter in command.get_params(command.context_class(command)):  # with `--help`, which is made then and kept
        read = _READERS.get(getattr(getattr(parameter, "type_descriptor", None), "annotation", None))
        if read is not None and getattr(parameter, "_runtime_param", 0) is None:
            parameter._runtime_param = _Reader(read)
    for below in getattr(command, "commands", {}).values():
        without_adapters(below)
    return command


class _Reader:
    """Stands where Typer keeps an adapter."""

    def __init__(self, read: Callable[[Any], Any]) -> None:
        self._read = read

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        try:
            return self._read(value)
        except ValueError as error:
            raise typer.BadParameter(str(error), ctx=ctx, param=param) from None


def _texts(values: Any) -> list[str]:
    return [str(value) for value in values]


def _paths(values: Any) -> list[Path]:
    return [Path(value) for value in values]


def _whole_number(value: Any) -> int:
    text = str(value)
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 18:
        raise ValueError("write a whole number")
    return int(text)


def _flag(value: Any) -> bool:
    """A flag is given or not; Typer's own for completion are None where they are not."""
    if not isinstance(value, bool):
        raise ValueError("it takes no value")
    return value


_READERS: dict[Any, Callable[[Any], Any]] = {
    bool: _flag,
    str: str,
    int: _whole_number,
    Path: Path,
    list[str]: _texts,
    list[Path]: _paths,
}
