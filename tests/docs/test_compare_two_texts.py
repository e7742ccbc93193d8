"""The how-to page on comparing texts explains each limit that a report may name, and no other."""

from __future__ import annotations

import re

from medpolicy.review.difference_words import LIMITS
from tests.conftest import ROOT


def test_each_limit_is_explained() -> None:
    text = (ROOT / "docs" / "how-to" / "compare-two-texts.md").read_text(encoding="utf-8")
    assert set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE)) - {"254"} == set(LIMITS)
