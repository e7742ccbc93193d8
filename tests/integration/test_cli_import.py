"""`medpolicy import` as its user runs it: what is written, what is said, which exit status."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medpolicy import load_library
from tests.integration.conftest import Run

POLICY = """\
# Widget therapy

Policy Number: 77

Effective Date: 1/1/2024

## Policy Statement

Widget therapy is considered **medically necessary** when ALL of the following are met:

- BMI of 35 kg/m2 or greater; AND
- Pain for at least 3 months

Widget therapy is considered investigational for all other indications.

Bananas are yellow.

## CPT Codes

| CPT code | Description |
|---|---|
| 11111 | A widget |

## Policy History

| Date | Action |
|---|---|
| 1/2024 | New policy, effective 1/1/2024. |
"""
UNKNOWN = "Dear member,\n\nthe parking garage is closed on Monday.\n\n- Use the street.\n"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "widget.md"
    file.write_text(POLICY, encoding="utf-8")
    return file


def test_a_draft_and_its_ledger_are_written_and_load(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    done = medpolicy("import", str(policy), "--issuer", "acme", "-o", str(tmp_path / "drafts"))
    assert done.status == 0, done.err
    written = sorted(str(file.relative_to(tmp_path / "drafts")) for file in (tmp_path / "drafts").rglob("*") if file.is_file())
    assert written == [
        "acme/77/2024-01-01.yaml",
        "acme/77/ledger.html",
        "acme/77/ledger.json",
        "acme/77/policy.yaml",
        "acme/issuer.yaml",
    ]
    assert "1 lines not understood" in done.out
    assert "Bananas are yellow." in done.out
    assert "to review" in done.out
    library = load_library(tmp_path / "drafts")
    (version,) = library.policies[0].versions
    assert [provision.id for provision in version.provisions] == ["widget-therapy"]
    ledger = json.loads((tmp_path / "drafts/acme/77/ledger.json").read_text(encoding="utf-8"))
    assert sum(ledger["counts"].values()) == ledger["document"]["lines"] == len(POLICY.splitlines()) == len(ledger["lines"])
    assert ledger["layout"] == "known"


def test_an_answer_from_a_draft_says_that_it_awaits_review(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    medpolicy("import", str(policy), "--issuer", "acme", "-o", str(tmp_path / "drafts"))
    line = next(iter(load_library(tmp_path / "drafts").issuers["acme"].lines_of_business)).id
    done = medpolicy(
        "check",
        "11111",
        "--library",
        str(tmp_path / "drafts"),
        "--line",
        line,
        "--date",
        "2024-06-01",
        "--as-of",
        "2024-06-01",
        "--json",
    )
    answer = json.loads(done.out)
    assert "awaits-review" in [note["code"] for note in answer["services"][0]["notes"]]


def test_json_on_standard_output(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    done = medpolicy("import", str(policy), "-o", str(tmp_path / "drafts"), "--json")
    ledger = json.loads(done.out)
    assert ledger["extracted"]["statements"] == 1
    assert ledger["files"] == ["issuer/77/2024-01-01.yaml", "issuer/77/policy.yaml", "issuer/issuer.yaml"]


def test_an_unknown_layout_claims_nothing(tmp_path: Path, medpolicy: Run) -> None:
    (tmp_path / "letter.md").write_text(UNKNOWN, encoding="utf-8")
    done = medpolicy("import", str(tmp_path / "letter.md"), "-o", str(tmp_path / "drafts"))
    assert done.status == 3
    assert "The layout is unknown, so nothing is claimed." in done.out
    assert sorted(file.name for file in (tmp_path / "drafts").rglob("*")) == ["ledger.html", "ledger.json"]
    ledger = json.loads((tmp_path / "drafts/ledger.json").read_text(encoding="utf-8"))
    assert ledger["counts"] == {"used": 0, "not-understood": 3, "narrative": 0, "furniture": 0, "blank": 2}
    assert ledger["extracted"] == {}


def test_what_is_there_is_not_written_over(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    arguments = ("import", str(policy), "--issuer", "acme", "-o", str(tmp_path / "drafts"))
    assert medpolicy(*arguments).status == 0
    mended = tmp_path / "drafts/acme/77/policy.yaml"
    mended.write_text("mended by a person", encoding="utf-8")
    done = medpolicy(*arguments)
    assert done.status == 64
    assert "--force" in done.err
    assert mended.read_text(encoding="utf-8") == "mended by a person"
    assert medpolicy(*arguments, "--force").status == 0


def test_confirmations_change_the_draft(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    decided = tmp_path / "decided.yaml"
    decided.write_text(
        "confirmed: all\n"
        "rename: {provisions: {widget-therapy: widgets}}\n"
        "set: [{at: 'provisions[widgets]', values: {text: In our own words.}}]\n",
        encoding="utf-8",
    )
    done = medpolicy("import", str(policy), "--issuer", "acme", "-o", str(tmp_path / "drafts"), "--confirm", str(decided))
    assert done.status == 0, done.err
    assert "to review" not in done.out
    (provision,) = load_library(tmp_path / "drafts").policies[0].versions[0].provisions
    assert (provision.id, provision.text) == ("widgets", "In our own words.")


@pytest.mark.parametrize(
    ("decided", "message"),
    [
        ("confirmed: [", "cannot be read"),
        ("sett: []", "sett"),
        ("set: [{at: 'provisions[nothing]', values: {text: x}}]", "the draft has no 'nothing'"),
        ("remove: [nonsense]", "is no place"),
        ("rename: {nothing: {a: b}}", "is none of"),
    ],
)
def test_confirmations_that_do_not_fit(decided: str, message: str, policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    file = tmp_path / "decided.yaml"
    file.write_text(decided, encoding="utf-8")
    done = medpolicy("import", str(policy), "-o", str(tmp_path / "drafts"), "--confirm", str(file))
    assert done.status == 5
    assert message in done.err
    assert not (tmp_path / "drafts").exists()


@pytest.mark.parametrize(
    ("data", "status", "message"),
    [
        (None, 4, "no file"),
        (b"", 5, "document: it is empty"),
        (b"%PDF-1.7 nothing more", 5, "PDF"),
        (b"PK\x03\x04 nothing more", 5, ""),
    ],
)
def test_documents_that_cannot_be_read(data: bytes | None, status: int, message: str, tmp_path: Path, medpolicy: Run) -> None:
    file = tmp_path / "document"
    if data is not None:
        file.write_bytes(data)
    done = medpolicy("import", str(file), "-o", str(tmp_path / "drafts"))
    assert done.status == status
    assert message in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "drafts").exists()


def test_wrong_usage(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    assert medpolicy("import", str(policy)).status == 64
    assert medpolicy("import", str(policy), "-o", str(tmp_path), "--issuer", "../up").status == 64
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    done = medpolicy("import", str(policy), "-o", str(blocked))
    assert done.status == 64
    assert "Traceback" not in done.err


def test_a_second_document_of_an_issuer_uses_the_drafted_issuer(policy: Path, tmp_path: Path, medpolicy: Run) -> None:
    medpolicy("import", str(policy), "--issuer", "acme", "-o", str(tmp_path / "drafts"))
    drafted = (tmp_path / "drafts/acme/issuer.yaml").read_bytes()
    policy.write_text(POLICY.replace("77", "78"), encoding="utf-8")
    done = medpolicy("import", str(policy), "--issuer", "acme", "-o", str(tmp_path / "drafts"))
    assert done.status == 0, done.err
    assert (tmp_path / "drafts/acme/issuer.yaml").read_bytes() == drafted
    assert load_library(tmp_path / "drafts").keys == (("acme", "77"), ("acme", "78"))
