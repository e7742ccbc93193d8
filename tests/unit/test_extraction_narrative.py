"""What decides nothing, and what is left as not understood; the document is invented."""

from __future__ import annotations

from medpolicy.authoring.extraction.identity import extract_identity
from medpolicy.authoring.extraction.narrative import extract_narrative
from tests.extraction_samples import extracted

DOCUMENT = """---
search: 3
---

## Medical Policy

# Knee Braces

### Table of Contents

- [Coding](#)

Policy Number: 7

This policy is not an authorization.

Position Statement | Coding | References | Definitions

## Description

A brace braces.

## Policy

### Adults

A brace is blue.

## Other

None applicable.

## Colours

Blue is a colour.

## Instructions for Use

Use it well.
"""


def test_states_of_lines() -> None:
    ledger = extracted(DOCUMENT, extract_identity, extract_narrative).book.close()
    states = {line.text: (line.state.value, line.by) for line in ledger.lines if line.text}
    assert states["search: 3"] == ("furniture", ("front matter",))
    assert states["## Medical Policy"] == ("furniture", ("label of the document",))
    assert states["# Knee Braces"] == ("used", ("title",))
    assert states["- [Coding](#)"][0] == "furniture"
    assert states["### Table of Contents"] == ("furniture", ("table of contents",))
    assert states["This policy is not an authorization."][0] == "furniture"
    assert states["Position Statement | Coding | References | Definitions"][0] == "furniture"
    assert states["A brace braces."] == ("narrative", ("Description",))
    assert states["## Description"] == ("narrative", ("heading",))
    assert states["None applicable."][0] == "narrative"
    assert states["Use it well."] == ("furniture", ("disclaimer",))
    assert states["A brace is blue."] == ("not-understood", ())
    assert states["Blue is a colour."] == ("not-understood", ())
    assert sum(ledger.counts.values()) == len(ledger.lines)


def test_each_line_knows_its_section() -> None:
    ledger = extracted(DOCUMENT, extract_narrative).book.close()
    assert {line.text: line.section for line in ledger.lines}["A brace is blue."] == "Adults"
