"""Which commands there are. Each is imported when it is run, so that no command waits for what another one needs."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

from medpolicy.cli.parameters import without_adapters

# command: its module. The order is that of the help.
_MODULES = {
    "check": "check",
    "determine": "determine",
    "policies": "policies",
    "test": "test",
    "import": "importing",
    "lint": "lint",
    "diff": "diff",
    "attach": "attach",
    "replay": "replay",
    "schema": "schema",
    "screen": "screening",
    "impact": "impact",
    "demo-claims": "demo_claims",
}
_EPILOG = """\b
Examples:
  medpolicy check 0565T --line commercial-hmo-pos
  medpolicy determine requests.jsonl > answers.jsonl
  medpolicy policies show 254 --on 2019-06-01

\b
Exit statuses:
  0    done
  1    something failed or differs (test, replay, diff); warnings (lint)
  2    a request was refused; errors (lint)
  3    faults in policy files
  4    not found
  5    a document does not fit
  64   wrong usage
  130  interrupted
  141  the reader of the output went away
"""


def _version(wanted: bool) -> None:
    if wanted:
        from medpolicy.review.determine import ENGINE  # not needed by the help

        typer.echo(ENGINE)
        raise typer.Exit


def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Medical policies that run: cited coverage determinations from the payer's published policy.

    The member's contract governs. Answers speak of services under the medical policy, not of one member's benefits.
    """


class _OnDemand(MutableMapping[str, Any]):
    """Commands by name. Typer's own type for a command is not public, therefore `Any`."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            module = importlib.import_module(f"medpolicy.cli.{_MODULES[name]}")
            self._loaded[name] = without_adapters(get_command(module.app))
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


def root_command() -> TyperGroup:
    """The command `medpolicy`."""
    app = typer.Typer(name="medpolicy", rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback(epilog=_EPILOG)(_root)
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    without_adapters(group)
    group.commands = _OnDemand()
    return group
