"""The page of the specs is the one that the specs write."""

from __future__ import annotations

import subprocess
import sys

from tests.conftest import ROOT


def test_the_page_of_the_specs_is_up_to_date() -> None:
    checked = subprocess.run([sys.executable, "tools/render_spec.py", "--check"], cwd=ROOT, check=False)
    assert checked.returncode == 0, "docs/reference/spec.md is stale; run tools/render_spec.py"
