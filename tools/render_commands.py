"""Write docs/reference/commands.md from the commands' own help; `--check` only says whether it is up to date."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "commands.md"
COMMANDS = (
    (),
    ("check",),
    ("determine",),
    ("policies",),
    ("policies", "list"),
    ("policies", "show"),
    ("policies", "search"),
    ("test",),
    ("lint",),
    ("diff",),
    ("attach",),
    ("replay",),
    ("schema",),
    ("screen",),
    ("impact",),
    ("demo-claims",),
)
HEADING = """# Commands

This page is written by `tools/render_commands.py` from the commands' help; a test fails where the two differ.
"""


def page() -> str:
    parts = [HEADING]
    environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "80", "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    for command in COMMANDS:
        done = subprocess.run(
            [sys.executable, "-m", "medpolicy", *command, "--help"], capture_output=True, text=True, check=True, env=environment
        )
        text = "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())
        parts.append(f"\n## medpolicy {' '.join(command)}".rstrip() + f"\n\n```text\n{text}\n```\n")
    return "".join(parts)


def main() -> int:
    text = page()
    if "--check" in sys.argv:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
