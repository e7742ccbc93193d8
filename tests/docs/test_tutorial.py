"""Every command, answer, file and piece of Python of the tutorial is run, in the order of the page."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "tutorial.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_tutorial_runs(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "NO_COLOR": "1",
        "COLUMNS": "100",
    }
    names: dict[str, object] = {}
    ran = 0
    for kind, file, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if file:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(text, encoding="utf-8")
        elif kind == "python":
            exec(compile(text, str(PAGE), "exec"), names)  # noqa: S102  # the page's own code
        elif kind == "console":
            _run_console(text, tmp_path, environment)
        else:
            raise AssertionError(f"a block of {kind} that nobody runs")
        ran += 1
    assert ran >= 12


def _run_console(text: str, folder: Path, environment: dict[str, str]) -> None:
    """Each `$ command`, and the lines below it that it must print; `...` stands for any lines."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command, _, expected = part.partition("\n")
        shell = ["sh", "-c", command]
        done = subprocess.run(
            shell, cwd=folder, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
        )
        status = re.search(r"^exit status (\d+)\n", expected, re.MULTILINE)
        assert done.returncode == (int(status[1]) if status else 0), f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
        wanted = [line for line in expected.splitlines() if line and not line.startswith("exit status")]
        _follows(wanted, [line.rstrip() for line in done.stdout.splitlines() if line.strip()], command)


def _follows(wanted: list[str], printed: list[str], command: str) -> None:
    pattern = "\n".join(r"(?:.*\n)*?.*" if line == "..." else re.escape(line) for line in wanted)
    if wanted:
        got = "\n".join(printed)
        assert re.match(pattern, got), f"{command}\nwanted:\n{pattern}\ngot:\n{got}"
