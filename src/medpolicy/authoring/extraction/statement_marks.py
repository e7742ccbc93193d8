"""What is asked of a statement because of what others say."""

from __future__ import annotations

from collections.abc import Sequence

from medpolicy.authoring.extraction.context import Item, mark
from medpolicy.authoring.extraction.statement_text import facts_of


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
