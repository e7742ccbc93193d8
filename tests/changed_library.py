"""Two small libraries, before and after a change that moves, restates and adds, and claims that show it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.claims_files import write_parquet
from tests.small_library import write_library

CHANGES = {
    # what is always investigational becomes cosmetic: only the stance moves
    "north/100/2020-01.yaml": [
        ('    stance: investigational\n    text: "Always', '    stance: cosmetic\n    text: "Always'),
        # inpatient authorization is no longer needed
        ("rule: auth-needed", "rule: no-auth"),
    ],
    # spare parts are cited from another section: nothing moves
    "north/200/2020-01.yaml": [('"33300-33399"], citation: {section: "Widgets"', '"33300-33399"], citation: {section: "Parts"')],
}


def write_libraries(directory: Path, *, issuers_after: tuple[str, ...] = ("north", "south")) -> tuple[Path, Path]:
    """The directories of the policies before and after."""
    old = write_library(directory / "old")
    new = write_library(directory / "new", issuers=issuers_after)
    for name, changes in CHANGES.items():
        path = new / name
        text = path.read_text(encoding="utf-8")
        for before, after in changes:
            assert before in text, before
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    return old, new


def line(claim: str, number: int, code: str | None, **other: Any) -> dict[str, Any]:
    """A claim line of the northern plan, outpatient, unless it says otherwise."""
    known = {
        "claim_id": claim,
        "claim_line_number": number,
        "person_id": "SECRET-1",
        "payer": "north",
        "plan": "north-line",
        "claim_line_start_date": "2021-05-01",
        "place_of_service_code": "22",
        "hcpcs_code": code,
        "paid_amount": "10.00",
    }
    return {**known, **other}


def write_claims(path: Path) -> Path:
    """Lines of every kind, and one that is rejected."""
    return write_parquet(
        path,
        [
            line("A", 1, "22222", paid_amount="100.50"),
            line("A", 2, "22222", person_id="SECRET-2", paid_amount="200.00", claim_line_start_date="2021-05-09"),
            line("B", 1, "22222", person_id="SECRET-2", place_of_service_code="21", paid_amount="1000.00"),
            line(
                "B",
                2,
                "11111",
                person_id="SECRET-3",
                place_of_service_code="21",
                paid_amount="50.00",
                claim_line_start_date="2021-07-09",
            ),
            line("C", 1, "33333", paid_amount="5.00"),
            line("C", 2, "99999", paid_amount="7.00"),
            line("C", 3, None, paid_amount="3.00"),
            line("D", 1, "22222", payer="south", plan="south-line", paid_amount="9.00"),
            line("E", 1, "22222", claim_line_start_date="sometime"),
        ],
    )
