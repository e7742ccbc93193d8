"""Statements that hand the decision to the criteria of someone else."""

from __future__ import annotations

from medpolicy.authoring.extraction import statement_patterns as patterns
from medpolicy.authoring.extraction.context import Item, mark


def hand_over(provision: Item, text: str) -> None:
    """Say in a provision whose criteria decide, by the words of the sentence."""
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
