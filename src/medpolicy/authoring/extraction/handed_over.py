"""Statements that hand the decision over, and those that stand beside another one of the same service."""

from __future__ import annotations

from collections.abc import Sequence

from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.context import Item, mark
from medpolicy.authoring.extraction.statement_text import facts_of


def hand_over(provision: Item, text: str) -> None:
    """Say in a provision that the criteria of someone else decide, which the text names."""
    match = patterns.SOMEONE_ELSES.search(text)
    assert match is not None
    kinds = {"lcd": "lcd", "local coverage determination": "lcd", "ncd": "ncd", "national coverage determination": "ncd"}
    target: Item = {"kind": kinds.get(match["whose"].lower(), "guidelines"), "title": match["whose"]}
    titled = patterns.TITLED.search(text)
    if titled is not None:
        target.update(title=titled["title"].strip(), identifier=titled["identifier"])
    elif match["identifier"]:
        target["identifier"] = match["identifier"]
    if provision["stance"] != "delegated":
        called = patterns.STANCE_WORDS[provision["stance"]]
        mark(provision, f"the document calls it {called} where the criteria of {match['whose']} are met")
        provision["stance"] = "delegated"
    provision["delegated_to"] = [target]


def compare_with_later_conditions(provisions: Sequence[Item]) -> None:
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
