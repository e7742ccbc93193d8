"""Statements and lists of criteria of every make: no crash, the counts add up, and what is drafted hangs together."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.context import Extraction
from medpolicy.authoring.extraction.facts import FactBook
from medpolicy.authoring.extraction.measures import measures_in, scales_in
from medpolicy.authoring.extraction.statements import extract_statements
from medpolicy.authoring.extraction.wording import connector_at_end, quantifier_in, sentences_of, stance_in
from medpolicy.authoring.importing import import_document
from medpolicy.authoring.ledger import LedgerBook
from medpolicy.authoring.outline import outline_of
from medpolicy.authoring.readers import read_document

WORDS = st.sampled_from(
    [
        "pain",
        "swelling",
        "the member",
        "is",
        "are",
        "not",
        "has failed",
        "at least 3 months",
        "≥ 18 years of age",
        "between 10-15",
        "events per hour",
        "35 kg/m2",
        "or",
        "AND",
        "OR",
        "; and",
        ", or",
        "unless",
        "except when",
        "either",
        "(such as rest)",
        "(at least 2 weeks)",
        "within 30 days",
        "class C2* or greater",
        "when",
        "in individuals with",
        "InterQual criteria",
        "(CPT code 93653)",
        "including",
        "<5%",
        "±",
        "ß",
        "Toothfill® (Example Dental)",
        "who",
        "that must be combined with saline",
        "for all dental applications",
        ")",
        "(",
        ":",
        "criteria are met for each",
        "The following",
        "is not tolerated or has failed",
        "for persons under 21 years of age",
        "in the past 12 months",
        "or BMI of 40 kg/m2 or more",
        "contraindicated",
        "has had",
    ]
)
PHRASES = st.lists(WORDS, min_size=1, max_size=9).map(" ".join)
STANCES = st.sampled_from(
    [
        "is considered medically necessary",
        "is investigational",
        "does not meet the definition of medical necessity",
        "is cosmetic",
        "may be considered medically necessary",
        "is not covered",
        "are considered experimental, investigational or unproven",
    ]
)
LEADS = st.sampled_from(
    [
        "",
        "when ALL of the following are met:",
        "for ANY of the following:",
        "when the following criteria are met:",
        "unless:",
        "including but not limited to:",
        "when at least two of the following are present:",
        "when none of the following is present:",
        "for all other indications",
        "if EITHER of the following:",
    ]
)


# What stands alone on its line and may open a part, take a stance, or say nothing.
ALONE = st.sampled_from(
    [
        "**Related Policies**",
        "**References**",
        "REFERENCES",
        "**Investigational and Not Medically Necessary:**",
        "Not Medically Necessary:",
        "- **Policy Limitations**",
        "### Scope of Policy",
        "### Codes",
        "**Codes**",
        "These are considered investigational.",
        "This policy applies to Commercial HMO and Medicare Advantage.",
        "Prior authorization is required for widgets.",
        "| CPT | 0111T | One |\n|---|---|---|\n| ICD-10-CM | M17.0 | Two |",
        "Other HCPCS codes related to this policy:",
        "1. Able A. One. J Knee. 2020;1(1):1-9.",
    ]
)


@st.composite
def policies(draw: st.DrawFn) -> str:
    lines = ["# A policy", "", "## Policy", ""]
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.integers(0, 3)) == 0:
            lines += [draw(ALONE), ""]
        subject = draw(st.one_of(PHRASES, st.just("The following services")))
        lines += [f"{subject} {draw(STANCES)} {draw(PHRASES)} {draw(LEADS)}", ""]
        for _ in range(draw(st.integers(0, 5))):
            indent = "  " * draw(st.integers(0, 3))
            marker = draw(st.sampled_from(("-", "*", "1.", "2)", "A.", "b.")))
            lines.append(
                f"{indent}{marker} {draw(PHRASES)}{draw(st.sampled_from(('', '; AND', '; or', ':', ' one of the following:')))}"
            )
            if draw(st.integers(0, 5)) == 0:
                lines += ["", draw(st.sampled_from(("AND", "or", "-", "Note: nothing."))), ""]
        lines.append("")
    return "\n".join(lines)


def leaves_of(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from leaves_of(child)
    elif isinstance(node, dict):
        if "fact" in node:
            yield node
        for key in ("all", "any", "not"):
            if key in node:
                yield from leaves_of(node[key])
        if "at_least_n" in node:
            assert 1 <= node["at_least_n"]["n"] <= len(node["at_least_n"]["of"])
            yield from leaves_of(node["at_least_n"]["of"])


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(policies())
def test_statements_hang_together(text: str) -> None:
    document = read_document(text.encode(), "invented.md")
    book = LedgerBook(document)
    extraction = Extraction(document, outline_of(document), book)
    extract_statements(extraction)
    ledger = book.close()
    assert sum(ledger.counts.values()) == len(document.lines) == len(ledger.lines)
    facts = {fact["id"]: fact for fact in extraction.version["facts"]}
    provisions = extraction.version["provisions"]
    assert len({provision["id"] for provision in provisions}) == len(provisions)
    assert len(facts) == len(extraction.version["facts"])
    for provision in provisions:
        first, last = provision["citation"]["lines"]
        assert 1 <= first <= last <= len(document.lines)
        assert provision["citation"]["sha256"] == document.digest(first, last)
        for tree in (provision.get("when"), provision.get("criteria")):
            for test in leaves_of(tree):
                kinds = {key for key in test if key not in ("fact", "citation")}
                expected = {"boolean": {"is"}, "choice": {"one_of", "at_least", "more_than", "at_most", "less_than"}}
                allowed = expected.get(facts[test["fact"]]["type"], {"at_least", "more_than", "at_most", "less_than", "equal_to"})
                assert kinds <= allowed, test
    for products in extraction.version["product_lists"]:
        assert set(products["implies"]) <= set(facts)
        assert products["provision"] in {provision["id"] for provision in provisions}


@settings(max_examples=600, deadline=None)
@given(st.one_of(st.text(max_size=120), PHRASES, st.lists(st.one_of(PHRASES, st.text(max_size=8)), max_size=4).map(" ".join)))
def test_any_text_is_read_or_left(text: str) -> None:
    Conditions(FactBook()).read(text, {})
    measures_in(text)
    scales_in(text)
    stance_in(text)
    quantifier_in(text)
    connector_at_end(text)
    spans = sentences_of(text)
    assert all(start < end for start, end in spans)
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(("# A policy\n\nPolicy Number: 7\n\nEffective Date: 1/1/2026\n\n", "")),
    policies(),
    st.lists(ALONE, max_size=4),
)
def test_whole_documents_draft_what_loads(head: str, body: str, more: list[str]) -> None:
    text = head + body.removeprefix("# A policy\n\n" if head else "") + "\n\n".join(["", *more])
    found = import_document(text.encode(), "invented.md")
    assert sum(found.ledger.counts.values()) == len(found.document.lines)
    assert found.faults == ()
