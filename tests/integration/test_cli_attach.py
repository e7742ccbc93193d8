"""`medpolicy attach`, and the quotes that answers then hold."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.small_library import DIGEST, DOCUMENT

REQUEST = {"id": "a", "service_date": "2021-01-01", "line_of_business": "north-line", "procedures": ["22222"]}


@pytest.fixture(autouse=True)
def data(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    directory = tmp_path / "data"
    monkeypatch.setenv("MEDPOLICY_DATA", str(directory))
    return directory


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "widgets.md"
    file.write_text(DOCUMENT, encoding="utf-8")
    return file


def quotes(text: str) -> list[list[str]]:
    (service,) = json.loads(text)["services"]
    return [reason["citation"]["quote"] for reason in service["reasons"] if "quote" in reason["citation"]]


def test_attached_lines_are_quoted(medpolicy, small, document, data):
    ran = medpolicy("attach", "north/100", document, "--library", small)
    assert ran.status == 0, ran.err
    assert "7 lines attached" in ran.out
    assert (data / f"{DIGEST}.json").is_file()
    determined = medpolicy("determine", "-", "--library", small, stdin=json.dumps(REQUEST))
    assert quotes(determined.out) == [["Codes: 11111, 22222"], ["Inpatient: authorization needed."]]
    check = ("check", "22222", "--line", "north-line", "--date", "2021-01-01", "--library", small)
    assert "> Codes: 11111, 22222" in medpolicy(*check).out
    assert quotes(medpolicy(*check, "--json").out)[0] == ["Codes: 11111, 22222"]
    shown = medpolicy("policies", "show", "south/100", "--library", small).out  # another policy, the same rendition
    assert "> A widget is necessary where it is blue.\n" in shown
    assert "\x1b" not in shown
    assert "\\x1b[31m[bold]odd[/bold]" in shown


def test_attach_says_how_many_citations_match(medpolicy, small, document):
    file = small / "north" / "100" / "2020-01.yaml"
    text = file.read_text()
    start = text.index("sha256", text.index("Always investigational"))
    file.write_text(text[:start] + f'sha256: "{"0" * 64}"}}' + text[text.index("\n", start) :])
    ran = medpolicy("attach", "north/100", document, "--library", small)
    assert ran.status == 1
    assert "not the cited text, so never quoted" in ran.out
    counted = json.loads(medpolicy("attach", "north/100", document, "--library", small, "--json").out)
    assert counted["differing"] == [[3, 3]]
    determined = medpolicy("determine", "-", "--library", small, stdin=json.dumps(REQUEST))
    assert determined.status == 0


def test_another_document_is_refused(medpolicy, small, document, data):
    document.write_text(DOCUMENT + "\n", encoding="utf-8")
    ran = medpolicy("attach", "north/100", document, "--library", small)
    assert ran.status == 5
    assert DIGEST in ran.err
    assert not data.exists()


@pytest.mark.parametrize("text", ["not JSON", "[]", "{}", '{"lines": 7}', "", "\x00"])
def test_a_damaged_store_is_noticed_and_never_quoted(medpolicy, small, document, data, text):
    medpolicy("attach", "north/100", document, "--library", small)
    (data / f"{DIGEST}.json").write_text(text)
    ran = medpolicy("determine", "-", "--library", small, stdin=json.dumps(REQUEST) + "\n" + json.dumps(REQUEST))
    assert ran.status == 0
    assert ran.err.count("damaged, so not quoted") == 1
    assert "quote" not in ran.out
    assert medpolicy("attach", "--list", "--library", small).status == 5
    assert medpolicy("attach", "north/100", document, "--library", small).status == 0  # mended


def test_a_store_that_was_tampered_with(medpolicy, small, document, data):
    medpolicy("attach", "north/100", document, "--library", small)
    file = data / f"{DIGEST}.json"
    file.write_text(file.read_text().replace("authorization needed", "authorization not needed"))
    ran = medpolicy("determine", "-", "--library", small, stdin=json.dumps(REQUEST))
    assert "damaged" in ran.err
    assert "quote" not in ran.out


def test_list_and_remove(medpolicy, small, document):
    assert "nothing is attached" in medpolicy("attach", "--list", "--library", small).out
    medpolicy("attach", "north/100", document, "--library", small)
    listed = json.loads(medpolicy("attach", "--list", "--json", "--library", small).out)
    assert listed["attached"] == [
        {"rendition": DIGEST, "name": "widgets.md", "lines": 7, "policies": ["north/100", "north/200", "south/100"]}
    ]
    assert "widgets.md" in medpolicy("attach", "--list", "--library", small).out
    assert "removed" in medpolicy("attach", "north/100", "--remove", "--library", small).out
    assert "nothing was attached" in medpolicy("attach", "north/100", "--remove", "--library", small).out


def test_from_standard_input(medpolicy, small):
    assert medpolicy("attach", "north/100", "-", "--library", small, stdin=DOCUMENT).status == 0


@pytest.mark.parametrize("arguments", [(), ("254",), ("254", "x", "--remove"), ("--list", "254")])
def test_wrong_usage(medpolicy, arguments):
    assert medpolicy("attach", *arguments).status == 64


def test_what_is_not_there(medpolicy, small, document):
    assert medpolicy("attach", "999", document).status == 4
    assert medpolicy("attach", "254", document.parent / "none.md").status == 4


def test_nowhere_to_keep_it(medpolicy, small, document, monkeypatch, tmp_path):
    monkeypatch.setenv("MEDPOLICY_DATA", "")
    assert medpolicy("attach", "north/100", document, "--library", small).status == 5
    assert medpolicy("determine", "-", "--library", small, stdin=json.dumps(REQUEST)).status == 0
    monkeypatch.setenv("MEDPOLICY_DATA", str(document))  # a file, no directory
    assert medpolicy("attach", "north/100", document, "--library", small).status == 5


def test_the_payers_documents(medpolicy, documents):
    for number, name in (("254", "bcbsma-254.md"), ("02-33000-31", "fb_02-33000-31_varicose_veins.pdf")):
        counted = json.loads(medpolicy("attach", number, documents / name, "--json").out)
        assert counted["matching"] > 100
        assert counted["differing"] == []
    ran = medpolicy("attach", "254", documents / "ohio-medicaid-gout.md")
    assert ran.status == 5
    request = {"service_date": "2025-04-01", "line_of_business": "medicare-hmo", "procedures": ["0565T"]}
    assert quotes(medpolicy("determine", "-", stdin=json.dumps(request)).out)[0][0].startswith("0565T")


def test_a_pdf_without_the_extra(medpolicy, documents, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    ran = medpolicy("attach", "02-33000-31", documents / "fb_02-33000-31_varicose_veins.pdf")
    assert ran.status == 5
    assert "pip install 'medpolicy[documents]'" in ran.err
