"""Documents as lines, the store of attached ones, and quotes."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import pytest

from medpolicy import load_library
from medpolicy.authoring.source_lines import file_digest, source_lines
from medpolicy.errors import DocumentError
from medpolicy.formats.attached_documents import AttachedDocument, AttachedDocuments, data_directory
from medpolicy.model.citation import digest_lines
from medpolicy.review.attach import attach, citations_of, renditions_of
from medpolicy.review.quote import with_quotes
from tests.small_library import DIGEST, DOCUMENT, LINES, write_library


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"a", ["a"]),
        (b"a\nb\n", ["a", "b"]),
        (b"a\r\nb\rc", ["a", "b", "c"]),
        (b"\xef\xbb\xbfa\n\n", ["a", ""]),
        ("a\x0cb\u2028c\n".encode(), ["a\x0cb\u2028c"]),
        (b"a\nb\xff", ["a", "b\xff"]),
        (b"\xff\xfea\x00\n\x00", ["a"]),
    ],
)
def test_lines_of_text(data, lines):
    assert source_lines(data) == lines


@pytest.mark.parametrize("data", [b"a\nb\x81", b"a\x00b", b"%PDF-1.7 but no more", b"PK\x03\x04\xff\xfe"])
def test_what_cannot_be_read(data):
    with pytest.raises(DocumentError):
        source_lines(data)


def test_attaching_checks_the_rendition_and_each_citation(tmp_path):
    policy = load_library(write_library(tmp_path)).policy("100", "north")
    assert list(renditions_of(policy)) == [DIGEST]
    result = attach(policy, DOCUMENT.encode(), "x.md")
    assert result.differing == ()
    assert len(result.matching) == len(list(citations_of(policy))) > 15
    with pytest.raises(DocumentError, match=DIGEST):
        attach(policy, DOCUMENT.encode() + b" ", "x.md")


def citation(first: int, last: int, **more: object) -> dict[str, object]:
    found = {"section": "s", "lines": [first, last], "sha256": digest_lines(LINES[first - 1 : last]), "rendition": DIGEST}
    return {**found, **more}


def test_quotes_only_where_the_digest_matches():
    answer = {
        "services": [
            {
                "reasons": [{"citation": citation(2, 3)}, {"citation": citation(2, 2, sha256="0" * 64)}],
                "notes": [{"citations": [citation(7, 7), citation(7, 8), citation(1, 1, rendition="0" * 64)]}],
            }
        ]
    }
    before = copy.deepcopy(answer)
    quoted = with_quotes(answer, {DIGEST: LINES}.get)
    assert answer == before
    service = quoted["services"][0]
    assert service["reasons"][0]["citation"]["quote"] == ["A widget is necessary where it is blue.", "Codes: 11111, 22222"]
    assert [one.get("quote") for one in service["notes"][0]["citations"]] == [["2024-01 Reviewed, no change."], None, None]
    assert "quote" not in service["reasons"][1]["citation"]


def test_the_store_gives_back_what_it_keeps(tmp_path):
    store = AttachedDocuments(tmp_path / "new")
    assert not store
    document = AttachedDocument(DIGEST, "é\ud800.md", ("a", "", "\u2028 é"))
    with pytest.raises(UnicodeEncodeError):
        store.keep(document)
    assert list((tmp_path / "new").iterdir()) == []
    document = AttachedDocument(DIGEST, "é.md", ("a", "", "\u2028 é"))
    file = store.keep(document)
    again = AttachedDocuments(tmp_path / "new")
    assert again
    assert again.document(DIGEST) == document
    assert again.lines("0" * 64) is None
    assert again.documents() == [document]
    assert file.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "change",
    [
        {"lines": ["b"]},
        {"rendition": "1" * 64},
        {"name": "other"},
        {"form": 2},
        {"sha256": "0" * 64},
        {"lines": "a"},
        {"lines": [1]},
        {"lines": None},
    ],
)
def test_damage_is_noticed(tmp_path, change):
    store = AttachedDocuments(tmp_path)
    file = store.keep(AttachedDocument(DIGEST, "x", ("a",)))
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    again = AttachedDocuments(tmp_path)
    assert again.lines(DIGEST) is None
    assert again.lines(DIGEST) is None
    assert again.damaged == [file]


def test_other_files_are_left_alone(tmp_path):
    (tmp_path / "notes.json").write_text("mine")
    assert not AttachedDocuments(tmp_path)
    assert AttachedDocuments(tmp_path).documents() == []


def test_where_documents_lie(monkeypatch, tmp_path):
    monkeypatch.setenv("MEDPOLICY_DATA", "")
    assert data_directory() is None
    monkeypatch.setenv("MEDPOLICY_DATA", "here")
    assert data_directory() == Path("here")
    monkeypatch.delenv("MEDPOLICY_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_directory() == tmp_path / "medpolicy"
    monkeypatch.delenv("XDG_DATA_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_directory() == tmp_path / ".local" / "share" / "medpolicy"


def test_the_digest_of_a_file():
    assert file_digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
