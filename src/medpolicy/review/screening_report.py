"""The report that stands beside a screening's answers: `report.json` and `report.html`, from the totals of its chunks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from medpolicy.library.library import Library
from medpolicy.review.screening_json import screening_json
from medpolicy.review.screening_output import PartialOutput
from medpolicy.review.screening_page import screening_page
from medpolicy.review.screening_summary import ScreeningRun, summary_of

if TYPE_CHECKING:
    import duckdb


def write_report(
    part: PartialOutput, connection: duckdb.DuckDBPyConnection, totals: Sequence[Path], run: ScreeningRun, library: Library
) -> None:
    """Write both files; `UsageError` where the libraries for charts and pages are not installed."""
    files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in totals)
    summary = summary_of(connection, f"read_parquet([{files}])", run, library)
    report = screening_json(summary)
    text = json.dumps(report, ensure_ascii=False, indent=2) + "\n"
    part.file("report.json").write_text(text, encoding="utf-8")
    part.file("report.html").write_text(screening_page(report), encoding="utf-8")
