"""A code that several policies leave open: what they come to is found policy by policy, not for every mix of their facts."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from benchmarks.generated import write_library
from medpolicy import Library, load_library
from medpolicy.engines.opinion import Opinion, View
from medpolicy.review.determine import determination_of

DAY = date(2024, 12, 31)


def library_of(root: Path, policies: int) -> Library:
    """Policies that all name the generic code A0001, each with three facts of its own."""
    write_library(root, policies)
    for file in root.glob("generated/*/2*.yaml"):
        file.write_text(re.sub(r'code: "A\d{3}(\d)"', r'code: "A000\1"', file.read_text()))
    return load_library(root)


def test_the_work_grows_with_the_policies_not_with_the_mixes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opinions: list[int] = []
    opinion = View.opinion

    def counted(self: View) -> Opinion:
        opinions.append(self.position)
        return opinion(self)

    monkeypatch.setattr(View, "opinion", counted)
    counts = []
    for policies in (1, 2, 4):
        library = library_of(tmp_path / str(policies), policies)
        request = {
            "service_date": "2024-12-01",
            "line_of_business": "generated-commercial-hmo-pos",
            "setting": "outpatient",
            "procedures": ["A0001"],
        }
        opinions.clear()
        (service,) = determination_of(request, library, as_of=DAY, engine="reference").services
        assert service.coverage.value in ("conditional", "indeterminate")
        assert len({question.fact for question in service.questions}) == 3 * policies
        counts.append(len(opinions))
    # Two to the power of three facts' mixes would be more than fifty times as many for each two policies more.
    assert counts[1] <= 4 * counts[0]
    assert counts[2] <= 4 * counts[1]
