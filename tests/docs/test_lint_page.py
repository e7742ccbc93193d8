"""The page of the linter's findings is up to date, and names every code."""

from __future__ import annotations

import subprocess
import sys

import pytest

from medpolicy.authoring.lint.findings import KINDS, FindingKind
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "reference" / "lint.md"


def test_it_is_up_to_date() -> None:
    checked = subprocess.run([sys.executable, "tools/render_lint.py", "--check"], cwd=ROOT, check=False)
    assert checked.returncode == 0, "docs/reference/lint.md is stale; run `make docs`"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_code_is_on_it(kind: FindingKind) -> None:
    text = PAGE.read_text(encoding="utf-8")
    section = text[text.index(f"### `{kind.code}`\n") :].partition("\n### ")[0]
    assert kind.meaning in section
    assert kind.example in section
    assert kind.to_do in section
    above = text[: text.index(f"### `{kind.code}`\n")]
    assert above.rpartition("\n## ")[2].startswith(kind.severity.value.capitalize())
