"""A day may take the statements from one version and the program exceptions from another, and both may use one id."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from medpolicy.library.library import library_of
from medpolicy.model.citation import Citation, Rendition
from medpolicy.model.criteria import ALWAYS, Criterion, FactIs
from medpolicy.model.facts import FactDefinition, FactType
from medpolicy.model.issuer import Stance
from medpolicy.model.period import PartialDate
from medpolicy.model.policy import HistoryEvent, MedicalPolicy, Part, PolicyVersion, Provision
from medpolicy.review.determine import determine
from tests.generative.strategies import issuer_of

SHA = "0" * 64
CITED: dict[str, Any] = {
    "citation": Citation(section="S", first_line=1, last_line=1, sha256=SHA, rendition=SHA),
}
ISSUER = issuer_of("first")
LINES = tuple(line.id for line in ISSUER.lines_of_business)
FACTS = tuple(FactDefinition(id=name, type=FactType.BOOLEAN, ask=f"{name}?", **CITED) for name in ("told", "open"))


def provision(identifier: str, part: Part, when: Criterion = ALWAYS) -> Provision:
    stance = Stance.MEDICALLY_NECESSARY
    return Provision(id=identifier, text="Text.", stance=stance, lines_of_business=LINES, part=part, when=when, **CITED)


def version(year: int, provisions: tuple[Provision, ...]) -> PolicyVersion:
    rendition = Rendition(sha256=SHA, media_type="text/plain", lines=9)
    empty: dict[str, Any] = dict.fromkeys(
        (
            *("product_lists", "code_listings", "diagnosis_listings", "authorization", "supplement"),
            *("source_conflicts", "evidence", "limitations", "references"),
        ),
        (),
    )
    return PolicyVersion(
        version=str(year),
        effective=PartialDate(year=year, month=1, day=1),
        rendition=rendition,
        lines_of_business=LINES,
        lines_of_business_citation=CITED["citation"],
        facts=FACTS,
        provisions=provisions,
        **empty,
    )


def event(year: int, month: int, *touches: Part) -> HistoryEvent:
    return HistoryEvent(date=PartialDate(year=year, month=month, day=None), text="Event.", touches=frozenset(touches), **CITED)


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_statement_that_is_open_is_not_taken_for_its_namesake_that_holds(engine: str) -> None:
    policy = MedicalPolicy(
        issuer="first",
        number="1",
        title="Policy",
        rendition=Rendition(sha256=SHA, media_type="text/plain", lines=9),
        history=(event(2020, 1, *Part), event(2020, 9, Part.STATEMENTS), event(2021, 1)),
        versions=(
            version(2020, (provision("one", Part.PROGRAM_EXCEPTIONS),)),
            version(2021, (provision("one", Part.STATEMENTS, FactIs(fact="open", value=True)),)),
        ),
        identifiers=(),
        related=(),
    )
    library = library_of([ISSUER], [policy], f"sha256:{SHA}")
    request = {"service_date": "2020-10-01", "line_of_business": LINES[0], "facts": {"told": True}}
    (service,) = determine(request, library, as_of=date(2022, 1, 1), engine=engine)["services"]
    assert service["coverage"] == "covered"
