"""Of which earlier statement a sentence speaks that says what holds otherwise."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.context import Item
from medpolicy.authoring.extraction.statement_text import content_words
from medpolicy.authoring.outline import Section


@dataclass(slots=True)
class Statement:
    """A provision on its way: what it speaks of, for finding what a later sentence refers back to."""

    provision: Item
    subject: str
    section: Section
    lines: list[int] = field(default_factory=list)


def left_open_by(
    statements: Sequence[Statement], wanted: frozenset[str], section: Section, stance: str, spell: Callable[[str], str]
) -> tuple[list[Statement], Statement | None]:
    """The earlier statements about the service of the words, which leave open what holds otherwise.

    Second, one that is more alike, of which another sentence has said something else already.
    """
    best: tuple[float, Statement] | None = None
    settled: tuple[float, Statement] | None = None
    named: list[tuple[frozenset[str], Statement]] = []
    for statement in statements:
        known = statement.provision.get("otherwise")
        if statement.provision["stance"] == stance or "criteria" not in statement.provision:
            continue
        own = content_words(spell(statement.subject))
        alike = len(wanted & own) / max(1, len(wanted | own))
        if statement.section is section:
            alike += 0.1
        if known not in (None, stance):
            if alike >= max(patterns.ALIKE, settled[0] if settled is not None else 0):
                settled = (alike, statement)
            continue
        if own and own < wanted and statement.section.kind is section.kind:
            named.append((own, statement))
        necessary = statement.provision["stance"] == "medically-necessary"  # what holds otherwise is said of these first
        if best is None or (alike, necessary) >= (best[0], best[1].provision["stance"] == "medically-necessary"):
            best = (alike, statement)
    # A sentence may speak of two services at once: "A and B are ... when the criteria are not met".
    both = [statement for own, statement in named if not any(own < other for other, _ in named)]
    if len(both) > 1 and set().union(*(own for own, _ in named)) == wanted:
        return both, None
    if settled is not None and (best is None or settled[0] > best[0]):
        return [], settled[1]
    return ([best[1]] if best is not None and best[0] >= patterns.ALIKE else []), None
