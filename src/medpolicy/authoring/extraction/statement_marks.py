"""What is asked of a statement because of what others say."""

from __future__ import annotations

from collections.abc import Sequence

from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.conditions import Conditions
from medpolicy.authoring.extraction.context import Extraction, Item, mark
from medpolicy.authoring.extraction.criteria_nodes import joined
from medpolicy.authoring.extraction.statement_text import facts_of
from medpolicy.authoring.outline import Section


def ask_of_unconditional(provisions: Sequence[Item]) -> None:
    """A statement without conditions, and another that sets conditions for the same service: which holds?"""
    conditional = {
        fact
        for provision in provisions
        if "criteria" in provision and provision["stance"] == "medically-necessary"
        for fact in facts_of(provision.get("when", {}))
    }
    for provision in provisions:
        if provision["stance"] != "medically-necessary" or "criteria" in provision:
            continue
        shared = [fact for fact in facts_of(provision.get("when", {})) if fact in conditional]
        if shared:
            mark(provision, f"another statement sets conditions for the same service ({', '.join(shared)}): which holds?")


def except_from(
    provision: Item, said: str, lines: Sequence[int], conditions: Conditions, extraction: Extraction, section: Section
) -> None:
    """ "Exception: ..." behind a statement: who need not meet its criteria is an alternative to them; else a person is asked."""
    waived = patterns.WAIVES_CRITERIA.search(said.strip(" ."))
    who = None if waived is None else conditions.read(waived["who"], extraction.cite(section, lines))
    if who is not None and "criteria" in provision and provision["stance"] == "medically-necessary":
        provision["criteria"] = joined("any", [provision["criteria"], who])
        mark(provision, f"the exception of line {lines[0]} was read as an alternative to all of its criteria: is it?")
        extraction.use(lines, f"provisions[{provision['id']}].criteria")
        return
    mark(provision, f"line {lines[0]} makes an exception, which was not read: “{' '.join(said.split())}”")
    extraction.book.not_understood(lines, f"an exception to provisions[{provision['id']}]")
