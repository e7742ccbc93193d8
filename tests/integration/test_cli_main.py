"""The command as a whole: help, version, exit statuses, completion, and what is imported when."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from medpolicy.cli.commands import root_command

COMMANDS = [
    "check",
    "determine",
    "policies",
    "test",
    "import",
    "lint",
    "diff",
    "attach",
    "replay",
    "schema",
    "screen",
    "impact",
    "demo-claims",
]
ALL = [(name,) for name in COMMANDS if name != "policies"] + [
    ("policies",),
    *(("policies", one) for one in ("list", "show", "search")),
]


def test_version(medpolicy):
    assert medpolicy("--version").out == "medpolicy 0.1.0\n"


def test_help_lists_the_commands_and_the_exit_statuses(medpolicy):
    ran = medpolicy("--help")
    assert ran.status == 0
    assert all(f"\n  {name}" in ran.out for name in COMMANDS)
    assert "64   wrong usage" in ran.out
    assert "..." not in ran.out.split("Commands:")[1].split("Examples:")[0]  # no line is cut


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_each_help_has_examples(medpolicy, command):
    ran = medpolicy(*command, "--help")
    assert ran.status == 0
    assert f"Examples:\n    medpolicy {' '.join(command)}" in ran.out
    assert "Usage: medpolicy" in ran.out


def test_nothing_at_all_shows_the_help(medpolicy):
    ran = medpolicy()
    assert ran.status == 64
    assert "Commands:" in ran.err


def test_a_misspelled_command(medpolicy):
    ran = medpolicy("polices")
    assert ran.status == 64
    assert "Did you mean 'policies'?" in ran.err
    assert ran.out == ""


def test_as_a_module_and_as_a_script(process):
    assert process("--version").stdout == b"medpolicy 0.1.0\n"
    script = os.path.join(os.path.dirname(sys.executable), "medpolicy")  # noqa: PTH118, PTH120
    assert subprocess.run([script, "--version"], capture_output=True, check=True).stdout == b"medpolicy 0.1.0\n"


def test_a_process_ends_with_the_status(process):
    assert process("check", "0565T").returncode == 2
    assert process("policies", "show", "999").returncode == 4
    assert process("nonsense").returncode == 64


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "0565T", "--line", "commercial-hmo-pos"),
        ("policies", "list"),
        ("policies", "show", "254"),
        ("policies", "search", "osteocel", "--most", "3"),
        ("determine", os.devnull),
        ("attach", "--list"),
        ("--version",),
        ("determine", "--nonsense"),
    ],
    ids=" ".join,
)
def test_what_is_not_needed_is_not_imported(medpolicy, arguments):
    """With a warm cache, and no terminal: neither what reads policy files nor what colours text."""
    medpolicy("policies", "list")
    script = (
        "import sys; from medpolicy.cli import main; main(sys.argv[1:]); "
        "sys.exit(' '.join({'pydantic', 'yaml', 'rich', 'pypdfium2'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", script, *arguments], capture_output=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("medpolicy po", "policies"),
        ("medpolicy check 0565T --line medicare-h", "medicare-hmo"),
        ("medpolicy check 0565T --fact contains", "contains_viable_stem_cells="),
        ("medpolicy check 20930 --product osteo", "osteocel plus"),
        ("medpolicy policies show 25", "254"),
        ("medpolicy policies show bcb", "bcbsma/254"),
        ("medpolicy schema re", "request"),
        ("medpolicy determine - --engine comp", "compiled"),
    ],
)
def test_completion(process, words, expected):
    environment = {**os.environ, "_MEDPOLICY_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))}
    done = process(env=environment)
    assert expected in done.stdout.decode().split("\n")


def test_completion_can_be_shown(process):
    done = process("--show-completion", "bash", env={**os.environ, "SHELL": "/bin/bash"})
    assert b"Traceback" not in done.stderr


def test_output_in_an_encoding_that_lacks_a_sign(process):
    done = process("policies", "show", "254", env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert b"Osteocel Plus\\xae" in done.stdout


def test_each_command_is_loaded_on_demand():
    group = root_command()
    assert list(group.commands) == COMMANDS
    assert "medpolicy.cli.none" not in sys.modules


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a device without room")
@pytest.mark.parametrize("arguments", [("policies", "show", "254"), ("policies", "list", "--json"), ("determine", "-")])
def test_a_full_disk(arguments):
    request = b'{"service_date": "2025-04-01", "line_of_business": "medicare-hmo", "procedures": ["0565T"]}'
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "medpolicy", *arguments]
        done = subprocess.run(command, input=request, stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 1
    assert b"cannot be written" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception ignored" not in done.stderr


def test_closed_streams():
    command = f"{shlex.quote(sys.executable)} -m medpolicy policies list <&- >&- 2>&-"
    assert subprocess.run(["/bin/sh", "-c", command], check=False, timeout=60).returncode == 0


def test_other_mistakes_of_ours_are_not_swallowed(medpolicy, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise PermissionError(13, "ours")

    monkeypatch.setattr("medpolicy.cli.policies_list.library_of", broken)
    with pytest.raises(PermissionError):
        medpolicy("policies", "list")
