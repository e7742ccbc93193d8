"""Real documents imported: the draft against what people wrote by hand, every line accounted for. Skipped without ../shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from medpolicy import Library, load_library
from medpolicy.authoring.confirmations import read_confirmations
from medpolicy.authoring.importing import ImportedPolicy, import_document
from medpolicy.authoring.ledger import LineState
from medpolicy.authoring.ledger_json import ledger_json, not_understood
from medpolicy.formats.case_files import read_cases
from medpolicy.formats.library_files import SHIPPED
from medpolicy.model.policy import MedicalPolicy, PolicyVersion
from medpolicy.review.cases import run_cases
from tests.conftest import ROOT, SHARED
from tests.tree_score import Node, Score, nodes_of, nodes_written, score

DOCUMENTS = SHARED / "documents"
EXPECTATIONS = ROOT / "tests" / "expectations"
pytestmark = pytest.mark.skipif(not DOCUMENTS.is_dir(), reason="the payers' documents are not here: ../shared/documents")

FILES = {
    "254": ("bcbsma-254.md", "bcbsma"),
    "02-33000-31": ("fb_02-33000-31_varicose_veins.pdf", "florida-blue"),
    "02-33000-28": ("fb_02-33000-28_carotid_stenting.pdf", "florida-blue"),
    "0529": ("cigna_mm_0529_transcatheter_ablation_svt.pdf", "another"),
    "nsaids": ("ohio-medicaid-NSAIDs.md", "ohio"),
    "gout": ("ohio-medicaid-gout.md", "ohio"),
    "opioids": ("ohio-medicaid-opioids.md", "ohio"),
}


@cache
def imported(number: str, *, confirmed: bool = False) -> ImportedPolicy:
    name, issuer = FILES[number]
    file = EXPECTATIONS / f"{number}-confirmed.yaml"
    decided = read_confirmations(file.read_bytes(), file.name) if confirmed else None
    known = load_library().issuers.get(issuer)
    return import_document((DOCUMENTS / name).read_bytes(), name, issuer=issuer, known_issuer=known, confirmations=decided)


@cache
def drafted(number: str, directory: Path, *, confirmed: bool = False) -> Library:
    """The draft, written out and loaded as any library."""
    result = imported(number, confirmed=confirmed)
    assert not result.faults
    for path, text in result.files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_text(text, encoding="utf-8")
    issuer = FILES[number][1]
    if not (directory / issuer / "issuer.yaml").exists():
        (directory / issuer / "issuer.yaml").write_bytes((SHIPPED / issuer / "issuer.yaml").read_bytes())
    return load_library(directory)


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    return cache(lambda name: tmp_path_factory.mktemp(name))


def version_of(policy: MedicalPolicy) -> PolicyVersion:
    return policy.versions[-1]


# -- every document ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", FILES)
def test_every_line_is_accounted_for(number: str) -> None:
    result = imported(number)
    ledger = result.ledger
    assert [line.number for line in ledger.lines] == list(range(1, len(result.document.lines) + 1))
    assert sum(ledger.counts.values()) == len(result.document.lines)
    assert all(line.state is LineState.BLANK for line in ledger.lines if not line.text.strip())
    assert all(line.by for line in ledger.lines if line.state in (LineState.USED, LineState.NARRATIVE, LineState.FURNITURE))
    assert sum(ledger_json(result)["counts"].values()) == len(result.document.lines)


@pytest.mark.parametrize(
    ("number", "lines"),
    [
        ("254", []),
        ("02-33000-31", [139, 140, 141]),  # two letters of the CEAP classification, and the work that it is cited from
        ("02-33000-28", []),
        ("0529", []),
    ],
)
def test_what_is_not_understood(number: str, lines: list[int]) -> None:
    assert not_understood(imported(number)) == lines


@pytest.mark.parametrize("number", ["254", "02-33000-31", "02-33000-28", "0529"])
def test_the_draft_loads_and_its_citations_hold(number: str, directory: Callable[[str], Path]) -> None:
    library = drafted(number, directory(number))
    policy = library.policies[0]
    assert policy.number == number
    document = imported(number).document
    for item in _citations(imported(number).version):
        first, last = item["lines"]
        assert item["sha256"] == document.digest(first, last)


def _citations(node: Any) -> Iterable[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from _citations(child)
    elif isinstance(node, dict):
        if set(node) == {"section", "lines", "sha256"}:
            yield node
        for child in node.values():
            yield from _citations(child)


# -- policy 254: what is coded equals what was written by hand ----------------------------------------------------------


def _coded(policy: MedicalPolicy) -> dict[str, set[Any]]:
    """What is coded in a policy, each kind as a set: words of our own and the ids of lists left out."""
    version = version_of(policy)
    return {
        "statements": {
            (one.id, one.stance, str(list(nodes_of(one.criteria))), one.citation.first_line) for one in version.provisions
        },
        "products": {
            (products.provision, product.name, product.manufacturer, tuple(sorted(product.implies.items())))
            for products in version.product_lists
            for product in products.products
        },
        "codes": {
            (code.code, listing.system, listing.role, listing.stance, tuple(listing.lines_of_business))
            for listing in version.code_listings
            for code in listing.codes
        },
        "authorization": {
            (rule.setting, line, rule.requirement) for rule in version.authorization for line in rule.lines_of_business
        },
        "events": {
            (str(one.date), str(one.effective), one.review, one.touches, one.unchanged, one.codes_added, one.codes_removed)
            for one in policy.history
        },
        "references": {
            tuple((name, getattr(one, name)) for name in one.__slots__ if name not in ("citation", "note"))
            for one in version.references
        },
        "related": {(one.number, one.title) for one in policy.related},
        "identifiers": {(one.system, one.value) for one in policy.identifiers},
        "supplement": {
            (table.id, row.product, row.matrix_type, row.manufacturer) for table in version.supplement for row in table.rows
        },
        "conflicts": {
            (one.product, one.part, tuple(place.first_line for place in one.citations)) for one in version.source_conflicts
        },
        "lines of business": set(version.lines_of_business),
    }


COUNTS = {"statements": 3, "products": 14, "codes": 8, "authorization": 8, "events": 18, "references": 37, "related": 3}


@pytest.mark.parametrize("kind", [*COUNTS, "identifiers", "supplement", "conflicts", "lines of business"])
def test_254_equals_the_shipped_policy(kind: str, directory: Callable[[str], Path]) -> None:
    """Precision and recall 1.0: the sets are equal."""
    found = _coded(drafted("254", directory("254-confirmed"), confirmed=True).policies[0])[kind]
    expected = _coded(load_library().policy("254"))[kind]
    assert found == expected
    assert len(found) == COUNTS.get(kind, len(found))


def test_254_equals_it_without_confirmations_but_for_ids(directory: Callable[[str], Path]) -> None:
    """What the reviewer's file changes is names and one implied fact: all that is coded is in the draft as it comes."""
    found = _coded(drafted("254", directory("254")).policies[0])
    expected = _coded(load_library().policy("254"))
    for kind in ("codes", "authorization", "events", "references", "related", "identifiers", "supplement", "conflicts"):
        assert found[kind] == expected[kind], kind
    assert {product[1:3] for product in found["products"]} == {product[1:3] for product in expected["products"]}
    assert {statement[1:] for statement in found["statements"]} == {statement[1:] for statement in expected["statements"]}


def test_254_passes_its_cases_on_the_confirmed_draft(directory: Callable[[str], Path]) -> None:
    library = drafted("254", directory("254-confirmed"), confirmed=True)
    cases, faults = read_cases((SHIPPED / "bcbsma" / "254" / "cases.yaml").read_bytes(), "cases.yaml")
    assert not faults
    tested = run_cases(library.policy("254"), cases, library)
    assert len(tested.results) >= 60
    assert [result.case for result in tested.failed] == []
    assert not tested.unreached


# -- criteria trees -------------------------------------------------------------------------------------------------------


def _trees(policy: MedicalPolicy, lines: Iterable[str]) -> dict[str, list[Node]]:
    """The nodes of each statement that begins on one of the lines, by that line; of others, those that have criteria."""
    found: dict[str, list[Node]] = {}
    for provision in version_of(policy).provisions:
        nodes = [node for node in nodes_of(provision.criteria) if node != ("all",)]
        line = str(provision.citation.first_line)
        if nodes or line in lines:
            found.setdefault(line, []).extend(nodes_of(provision.criteria))
    return found


def _score(number: str, directory: Path, expected: dict[str, list[Node]]) -> Score:
    return score(expected, _trees(drafted(number, directory).policy(number), expected))


def test_varicose_trees_equal_the_authored_ones(directory: Callable[[str], Path]) -> None:
    expected = _trees(load_library().policy("02-33000-31"), ())
    result = _score("02-33000-31", directory("02-33000-31"), expected)
    assert result.expected >= 80
    assert result.f1 >= 0.95, (result.f1, result.missing, result.surplus)


@pytest.mark.parametrize(("number", "name"), [("02-33000-28", "carotid"), ("0529", "ablation")])
def test_trees_equal_the_hand_written_expectation(number: str, name: str, directory: Callable[[str], Path]) -> None:
    written = yaml.safe_load((EXPECTATIONS / f"{name}.yaml").read_text(encoding="utf-8"))
    expected = {line: list(nodes_written(tree)) for line, tree in written.items()}
    result = _score(number, directory(number), expected)
    assert result.f1 >= 0.90, (result.f1, result.missing, result.surplus)
