"""The shipped policies against the payers' documents: every digest, name, code, date and count. Skipped where they are absent."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from medpolicy import load_library
from medpolicy.authoring.importing import import_document
from medpolicy.authoring.source_lines import source_lines
from medpolicy.errors import MedPolicyError
from medpolicy.model.citation import Citation, Rendition, digest_lines
from medpolicy.model.policy import AuthorizationRequirement, MedicalPolicy, Part, PolicyVersion
from tests.conftest import ROOT, SHARED

FILES = {"254": "bcbsma-254.md", "02-33000-31": "fb_02-33000-31_varicose_veins.pdf"}
DOCUMENTS = SHARED / "documents"
pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the payers' documents are not here: ../shared/documents")

NUMBERS = tuple(FILES)
CITED_TITLES = {"The 2020 update of the CEAP classification system and reporting standards"}  # bibliography, cited in the text


@cache
def lines_of(number: str) -> tuple[str, ...]:
    """The document's lines: of a PDF those of the text layer, through all pages (docs/decisions, 0005)."""
    file = DOCUMENTS / FILES[number]
    if file.suffix != ".pdf":
        return tuple(file.read_text(encoding="utf-8").split("\n"))
    pdfium = pytest.importorskip("pypdfium2", reason="the extra `documents` is not installed")
    document = pdfium.PdfDocument(file)
    return tuple(line for page in document for line in page.get_textpage().get_text_range().split("\r\n"))


def policy_of(number: str) -> MedicalPolicy:
    return load_library().policy(number)


def version_of(number: str) -> PolicyVersion:
    return policy_of(number).versions[-1]


def text_of(citation: Citation, number: str) -> str:
    return " ".join(" ".join(lines_of(number)[citation.first_line - 1 : citation.last_line]).split())


def citations_in(value: Any, path: str = "") -> Iterator[tuple[str, Citation]]:
    """Every citation below a value of the model, with where it is."""
    if isinstance(value, Citation):
        yield path, value
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from citations_in(getattr(value, field.name), f"{path}.{field.name}")
    elif isinstance(value, tuple):
        for at, item in enumerate(value):
            yield from citations_in(item, f"{path}[{at}]")


def renditions_in(value: Any) -> Iterator[Rendition]:
    yield value.rendition
    for version in value.versions:
        yield version.rendition


@pytest.mark.parametrize("number", NUMBERS)
def test_the_renditions_are_these_files(number: str) -> None:
    data = (DOCUMENTS / FILES[number]).read_bytes()
    count = len(lines_of(number)) - (lines_of(number)[-1] == "")
    for rendition in renditions_in(policy_of(number)):
        assert rendition.sha256 == hashlib.sha256(data).hexdigest()
        assert rendition.lines in (count, len(lines_of(number)))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_citation_matches_its_lines(number: str) -> None:
    policy = policy_of(number)
    found = list(citations_in(policy))
    assert len(found) > 80
    wrong = []
    for path, citation in found:
        cited = lines_of(number)[citation.first_line - 1 : citation.last_line]
        if digest_lines(cited) != citation.sha256:
            wrong.append(f"{path}: lines {citation.first_line}-{citation.last_line}")
        if citation.rendition != policy.rendition.sha256:
            wrong.append(f"{path}: another rendition")
        if not "".join(cited).strip():
            wrong.append(f"{path}: the lines are empty")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("number", NUMBERS)
def test_every_section_is_a_heading_of_the_document(number: str) -> None:
    """The section that a citation names stands in the document above or at its lines."""
    plain = ["".join(character for character in line if character not in "#*:").split() for line in lines_of(number)]
    for path, citation in citations_in(policy_of(number)):
        if citation.section == "Heading of the document":
            continue
        words = citation.section.replace(":", "").split()
        above = plain[: citation.last_line]
        assert any(line[: len(words)] == words for line in above), f"{path}: {citation.section!r}"


@pytest.mark.parametrize("number", NUMBERS)
def test_codes_stand_in_their_lines(number: str) -> None:
    version = version_of(number)
    for listing in version.code_listings:
        for entry in listing.codes:
            assert entry.code in text_of(entry.citation, number), entry.code
    for diagnoses in version.diagnosis_listings:
        for one in diagnoses.codes.ranges:
            assert one.first in text_of(diagnoses.citation, number), one
            assert one.last in text_of(diagnoses.citation, number), one


def test_products_and_makers_stand_in_their_lines() -> None:
    for products_of in version_of("254").product_lists:
        for product in products_of.products:
            text = text_of(product.citation, "254")
            assert product.name in text
            assert f"({product.manufacturer})" in text
    for table in version_of("254").supplement:
        for row in table.rows:
            cells = lines_of("254")[row.citation.first_line - 1].split("\t")
            assert cells == [row.product, row.matrix_type, row.manufacturer]


def printed(date: str, number: str) -> str:
    """The date as the document's history prints it."""
    parts = date.split("-")
    if number == "254":
        year, month = parts[:2]
        return f"{int(month)}/{year}" if len(parts) == 2 else f"{month}/{parts[2]}/{year}"
    year, month, day = parts
    return f"{month}/{day}/{year[2:]}"


@pytest.mark.parametrize("number", NUMBERS)
def test_events_stand_in_their_lines(number: str) -> None:
    for event in policy_of(number).history:
        text = text_of(event.citation, number)
        assert text.startswith(printed(str(event.date), number)), text
        for code in (*event.codes_added, *event.codes_removed):
            assert code in text, code


@pytest.mark.parametrize("number", NUMBERS)
def test_every_line_of_the_history_is_one_event(number: str) -> None:
    """No dated line is left out, and none is taken twice."""
    events = sorted(event.citation.first_line for event in policy_of(number).history)
    assert len(set(events)) == len(events)
    first, last = events[0], max(event.citation.last_line for event in policy_of(number).history)
    form = r"\d{1,2}/(\d{2}/)?\d{4}\t" if number == "254" else r"\d{2}/\d{2}/\d{2}\b"
    dated = [at for at in range(first, last + 1) if re.match(form, lines_of(number)[at - 1])]
    assert dated == events


def test_the_history_of_254_says_what_the_events_hold() -> None:
    for event in policy_of("254").history:
        text = text_of(event.citation, "254")
        unchanged = "Policy statements unchanged" in text or "No changes to policy statements" in text
        assert (Part.STATEMENTS in event.unchanged) is unchanged, text
        assert (Part.REFERENCES in event.touches) is ("eferences" in text or text.startswith("12/01/2010")), text
        assert event.review is ("review" in text.lower()), text
        if "Effective" in text or "effective" in text:
            assert event.effective is not None
            day = event.effective.first_day
            assert f"{day.month}/{day.day}/{day.year}" in text.replace("01/2010", "1/2010")
        else:
            assert event.effective is None
        coding = "coding information" in text or "CPT code" in text or "New policy" in text
        assert (Part.CODING in event.touches) is coding, text


def test_references_stand_in_their_lines() -> None:
    for reference in version_of("254").references:
        text = text_of(reference.citation, "254")
        plain = text.replace("*", "")
        assert text.startswith(f"{reference.number}. "), reference.number
        if reference.pmid is not None:
            assert f"PMID {reference.pmid}" in text
        else:
            assert "PMID" not in text
        for author in reference.authors:
            assert author in text, author
        for value in (reference.organization, reference.title, reference.source, reference.volume, reference.pages):
            assert value is None or value in plain, (reference.number, value)
        if reference.published is not None:
            assert reference.published[:4] in text
        assert reference.et_al is ("et al" in text)


def test_pmids_are_complete() -> None:
    found = re.findall(r"PMID (\d+)", "\n".join(lines_of("254")))
    assert [reference.pmid for reference in version_of("254").references if reference.pmid] == found


@pytest.mark.parametrize("number", NUMBERS)
def test_related_policies_and_identifiers_stand_in_their_lines(number: str) -> None:
    policy = policy_of(number)
    for related in policy.related:
        text = text_of(related.citation, number)
        assert related.number in text
        assert related.title in text
    for identifier in policy.identifiers:
        assert identifier.value in text_of(identifier.citation, number)
    assert policy.title in " ".join(" ".join(lines_of(number)).split())
    assert policy.number in "\n".join(lines_of(number))


def test_lines_of_business_stand_in_their_line() -> None:
    text = text_of(version_of("254").lines_of_business_citation, "254")
    for words in ("HMO and POS", "PPO, and Indemnity", "Medicare HMO Blue", "Medicare PPO Blue"):
        assert words in text


# -- counts --------------------------------------------------------------------------------------------------------


def test_the_counts_of_254() -> None:
    policy, version = policy_of("254"), version_of("254")
    assert len(version.provisions) == 3
    assert [len(products_of.products) for products_of in version.product_lists] == [4, 10]
    assert {listing.id: len(listing.codes) for listing in version.code_listings} == {
        "generic-graft-code": 1,
        "investigational-codes": 7,
    }
    cells = [(rule.setting.value, line) for rule in version.authorization for line in rule.lines_of_business]
    assert len(cells) == len(set(cells)) == 8
    assert {rule.requirement for rule in version.authorization if rule.setting.value == "inpatient"} == {
        AuthorizationRequirement.AUTH_NEEDED
    }
    assert {rule.requirement for rule in version.authorization if rule.setting.value == "outpatient"} == {
        AuthorizationRequirement.NOT_COVERED
    }
    assert len(policy.history) == 18
    assert [reference.number for reference in version.references] == list(range(1, 38))
    assert [related.number for related in policy.related] == ["374", "737", "183"]
    assert [len(table.rows) for table in version.supplement] == [6, 2]
    assert len(version.source_conflicts) == 6
    assert len(version.evidence) >= 8


def test_each_conflict_cites_the_list_and_the_table() -> None:
    for conflict in version_of("254").source_conflicts:
        one, two = (text_of(citation, "254") for citation in conflict.citations)
        assert one == f"- {conflict.product} " + one[one.index("(") :]
        assert "\t" in lines_of("254")[conflict.citations[1].first_line - 1]
        first = conflict.product.split()[0]
        assert two.startswith(first)
        assert "appears to conflict" in conflict.text


def test_every_product_of_both_places_is_a_conflict() -> None:
    version = version_of("254")
    first_words = {row.product.split()[0] for row in version.supplement[0].rows}
    listed = {product.name for products_of in version.product_lists for product in products_of.products}
    both = {name for name in listed if name.split()[0] in first_words}
    assert both == {conflict.product for conflict in version.source_conflicts}


def test_the_codes_of_254_are_all_of_the_document() -> None:
    named = {entry.code for listing in version_of("254").code_listings for entry in listing.codes}
    start = lines_of("254").index("## CPT Codes / HCPCS Codes / ICD Codes")
    end = next(at for at in range(start + 1, len(lines_of("254"))) if lines_of("254")[at].startswith("## "))
    coded = [match[1] for line in lines_of("254")[start:end] if (match := re.match(r"\W*(\d{4}[0-9T])\b", line))]
    assert sorted(named) == sorted(set(coded))
    assert named == {"20930", "0263T", "0264T", "0265T", "0489T", "0490T", "0565T", "0566T"}


def test_the_codes_of_the_varicose_guideline_are_all_of_its_list() -> None:
    named = {entry.code for listing in version_of("02-33000-31").code_listings for entry in listing.codes}
    lines = lines_of("02-33000-31")
    rows = [match[1] for line in lines[140:205] if (match := re.match(r"(\d{4}[0-9T]|[A-Z]\d{4})\s", line))]
    assert sorted(set(rows)) == sorted(named)
    assert len(named) == 26


def test_the_history_of_the_varicose_guideline_is_whole() -> None:
    history = policy_of("02-33000-31").history
    assert len(history) == 47
    assert str(history[0].date) == "2002-02-15"
    assert str(history[-1].date) == version_of("02-33000-31").version == "2025-08-15"
    assert all(one.in_force <= two.in_force for one, two in pairwise(history))


# -- the text itself does not ship ---------------------------------------------------------------------------------


def _bibliography(number: str) -> set[str]:
    """Lines that carry over exactly, because they are names and bibliography."""
    lines = lines_of(number)
    kept: set[str] = set()
    for reference in version_of(number).references:
        kept.update(lines[reference.citation.first_line - 1 : reference.citation.last_line])
    if number != "254":  # the varicose guideline's references are not taken up one by one
        start = next((at for at, line in enumerate(lines) if line.strip() == "REFERENCES:"), len(lines))
        end = next((at for at in range(start, len(lines)) if lines[at].startswith("COMMITTEE")), len(lines))
        kept.update(lines[start:end])
    return kept


def _plain(text: str) -> str:
    return " ".join(re.sub(r"[*_#>\[\]()`\"'\\]", " ", text).split()).lower()


@cache
def _repository() -> str:
    """All text of the repository's own files as one line."""
    skipped = {".git", ".venv", "node_modules", "__pycache__", "dist", "build", ".hypothesis", "htmlcov"}
    texts = []
    for file in sorted(ROOT.rglob("*")):
        relative = file.relative_to(ROOT)
        if file.is_file() and not any(part in skipped or part.endswith("_cache") for part in relative.parts):
            if file.suffix == ".pdf":
                texts.append(" ".join(source_lines(file.read_bytes())))
                continue
            try:
                texts.append(file.read_text(encoding="utf-8"))
            except (UnicodeDecodeError, OSError):
                continue
    return _plain("\n".join(texts))


def _sentences(number: str) -> set[str]:
    """Lines and sentences of 60 characters and more, without names and bibliography."""
    kept = _bibliography(number)
    lines = [line for line in lines_of(number) if line not in kept]
    names = {policy_of(number).title, *(related.title for related in policy_of(number).related)}
    names |= {cell for table in version_of(number).supplement for row in table.rows for cell in (row.product, row.matrix_type)}
    names |= {to.title for provision in version_of(number).provisions for to in provision.delegated_to}
    names |= CITED_TITLES
    wholes = {sentence for line in lines for sentence in (line, *re.split(r"(?<=[.;:])\s+", line))}
    if number != "254":
        wholes |= set(re.split(r"(?<=[.;:])\s+", " ".join(line.strip() for line in lines)))
    found = {_plain(text) for text in wholes}
    plain_names = {_plain(name) for name in names}
    found = {text for text in found if len(text) >= 60}
    return {text for text in found if not any(name in text and len(text) < len(name) + 40 for name in plain_names)}


def _markdown_documents() -> list[Path]:
    return sorted(DOCUMENTS.glob("*.md"))


@pytest.mark.parametrize("number", NUMBERS)
def test_no_sentence_of_the_documents_ships(number: str) -> None:
    text = _repository()
    assert "medpolicy" in text
    sentences = _sentences(number)
    assert len(sentences) > 50
    copied = sorted(sentence for sentence in sentences if sentence in text)
    assert not copied, "\n".join(copied)


def _others() -> list[str]:
    return sorted(file.name for file in DOCUMENTS.iterdir() if file.name not in FILES.values()) if DOCUMENTS.is_dir() else []


@pytest.mark.parametrize("name", _others())
def test_no_sentence_of_a_document_that_only_the_tests_read_stands_here(name: str) -> None:
    imported = import_document((DOCUMENTS / name).read_bytes(), name)
    said = [line.text for line in imported.ledger.lines if not any(by.startswith("references") for by in line.by)]
    wholes = {*said, *(re.split(r"(?<=[.;:])\s+", " ".join(line.strip() for line in said)))}
    sentences = {plain for plain in map(_plain, wholes) if len(plain) >= 60}
    assert len(sentences) > 10
    copied = sorted(sentence for sentence in sentences if sentence in _repository())
    assert not copied, "\n".join(copied)


def test_the_search_for_copied_sentences_can_find_one() -> None:
    sentence = max(_sentences("254"), key=len)
    assert sentence in _plain(" ".join(lines_of("254")))
    assert len(sentence) > 200
    with pytest.raises(MedPolicyError):
        load_library().policy("255")
