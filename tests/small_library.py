"""A library of two issuers and a few small policies, written as files, for tests that need one of their own."""

from __future__ import annotations

from pathlib import Path

from medpolicy.authoring.source_lines import file_digest
from medpolicy.model.citation import digest_lines

DOCUMENT = (
    "\n".join(
        [
            "# Widgets",
            "A widget is necessary where it is blue.   ",
            "Codes: 11111, 22222",
            "Inpatient: authorization needed.",
            "Made by Acme: Wonder Widget\u00ae",
            "2020-01 New policy. \x1b[31m[bold]odd[/bold]",
            "2024-01 Reviewed, no change.",
        ]
    )
    + "\n"
)
DIGEST = file_digest(DOCUMENT.encode())
LINES = DOCUMENT.split("\n")[:-1]


def cite(first: int, last: int | None = None, section: str = "Widgets") -> str:
    """A citation of the small document, as YAML."""
    last = last or first
    return f'{{section: "{section}", lines: [{first}, {last}], sha256: "{digest_lines(LINES[first - 1 : last])}"}}'


RENDITION = f'{{sha256: "{DIGEST}", media_type: text/markdown, lines: {len(LINES)}}}'


def issuer(name: str) -> str:
    return f"""
id: {name}
name: The {name} plan
lines_of_business:
  - {{id: {name}-line, name: "{name} commercial", program: commercial}}
  - {{id: shared-line, name: "{name} shared", program: commercial}}
coverage_by_stance:
  medically-necessary: covered
  not-medically-necessary: not-covered
  investigational: not-covered
  cosmetic: not-covered
"""


def policy(issuer_name: str, number: str, title: str = "Widgets and their uses") -> str:
    return f"""
issuer: {issuer_name}
number: "{number}"
title: "{title}"
rendition: {RENDITION}
related:
  - {{number: "900", title: "Gadgets", citation: {cite(1)}}}
history:
  - {{date: 2020-01, touches: [statements, coding, products, authorization], text: "The policy was new.", citation: {cite(6)}}}
  - {{date: 2024-01, unchanged: [statements], text: "Reviewed.", citation: {cite(7)}}}
"""


def version(issuer_name: str) -> str:
    return f"""
version: "2020-01"
rendition: {RENDITION}
lines_of_business: [{issuer_name}-line]
lines_of_business_citation: {cite(1)}
facts:
  - {{id: blue, type: boolean, ask: "Is it blue?", citation: {cite(2)}}}
  - {{id: size, type: number, unit: mm, ask: "How wide is it?", citation: {cite(2)}}}
  - {{id: score, type: number, unit: "1", ask: "Which score has it?", citation: {cite(2)}}}
  - {{id: tried, type: duration, unit: months, ask: "For how long was something else tried?", citation: {cite(2)}}}
  - {{id: bought, type: date, ask: "When was it bought?", citation: {cite(2)}}}
  - id: kind
    type: choice
    ask: "Which kind is it?"
    choices: [{{value: Plain, meaning: "no frills"}}, {{value: Fancy, meaning: "frills"}}, {{value: Odd, meaning: "neither"}}]
    citation: {cite(2)}
provisions:
  - id: blue-widgets
    text: "A blue widget of at least 3 mm is medically necessary."
    stance: medically-necessary
    criteria: {{all: [{{fact: blue}}, {{fact: size, at_least: 3 mm}}]}}
    otherwise: investigational
    citation: {cite(2)}
product_lists:
  - id: wonders
    provision: blue-widgets
    implies: {{blue: true}}
    citation: {cite(5)}
    products: [{{name: "Wonder Widget\u00ae", manufacturer: Acme, citation: {cite(5)}}}]
code_listings:
  - id: widgets
    system: cpt
    decides: with-provisions
    text: "Widgets, decided by the statement."
    citation: {cite(3)}
    codes: [{{code: "11111", citation: {cite(3)}}}]
  - id: never
    system: cpt
    decides: alone
    stance: investigational
    text: "Always investigational."
    citation: {cite(3)}
    codes: [{{code: "22222", citation: {cite(3)}}}]
authorization:
  - {{setting: inpatient, rule: auth-needed, text: "Inpatient: needed.", citation: {cite(4)}}}
"""


def write_library(root: Path, *, issuers: tuple[str, ...] = ("north", "south")) -> Path:
    """The files below a directory: each issuer with a policy 100, the first one with a policy 200, too."""
    for at, name in enumerate(issuers):
        for number in ("100", "200") if at == 0 else ("100",):
            directory = root / name / number
            directory.mkdir(parents=True)
            title = "Widgets and their uses" if number == "100" else "Spare parts"
            (directory / "policy.yaml").write_text(policy(name, number, title), encoding="utf-8")
            text = version(name) if number == "100" else _spare_parts(name)
            (directory / "2020-01.yaml").write_text(text, encoding="utf-8")
        (root / name / "issuer.yaml").write_text(issuer(name), encoding="utf-8")
    return root


def _spare_parts(issuer_name: str) -> str:
    return f"""
version: "2020-01"
rendition: {RENDITION}
lines_of_business: [{issuer_name}-line]
lines_of_business_citation: {cite(1)}
provisions:
  - {{id: spare-parts, text: "Spare parts are cosmetic.", stance: cosmetic, procedures: ["33300-33399"], citation: {cite(2)}}}
"""
