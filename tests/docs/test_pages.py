"""The generated pages are up to date, and the hand-written ones name only what there is."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.conftest import ROOT

MODULE = re.compile(r"`((?:engines|formats|library|model|review|explain|cli|authoring|tools)/[\w./]+\.py)`")


def test_the_page_of_the_commands_is_up_to_date() -> None:
    checked = subprocess.run([sys.executable, "tools/render_commands.py", "--check"], cwd=ROOT, check=False)
    assert checked.returncode == 0, "docs/reference/commands.md is stale; run `make docs`"


def test_modules_that_pages_name_exist() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    named = [(page.name, name) for page in pages for name in MODULE.findall(page.read_text(encoding="utf-8"))]
    assert named
    assert not [pair for pair in named if not (ROOT / "src" / "medpolicy" / pair[1]).exists() and not (ROOT / pair[1]).exists()]
