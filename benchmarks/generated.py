"""A generated library: so many policies of 20 codes and 3 versions each, as files."""

from __future__ import annotations

import random
from pathlib import Path

_SHA = "0" * 63
LINES = ("commercial-hmo-pos", "commercial-ppo-indemnity", "medicare-hmo", "medicare-ppo")


def write_library(root: Path, policies: int, *, issuer: str = "generated", seed: int = 10_000) -> None:
    """Write the files of an issuer with so many policies below `root`."""
    chance = random.Random(seed)
    directory = root / issuer
    directory.mkdir(parents=True)
    lines = "\n".join(f"  - {{id: {issuer}-{line}, name: {line}, program: commercial}}" for line in LINES)
    (directory / "issuer.yaml").write_text(
        f"id: {issuer}\nname: Generated\nlines_of_business:\n{lines}\n"
        "coverage_by_stance: {medically-necessary: covered, not-medically-necessary: not-covered, "
        "investigational: not-covered, cosmetic: not-covered}\n"
    )
    for number in range(policies):
        _write_policy(directory / f"{number:05}", issuer, number, chance)


def _citation(line: int) -> str:
    return f'{{section: "Policy", lines: [{line}, {line}], sha256: "{_SHA}{line % 10}"}}'


def _write_policy(directory: Path, issuer: str, number: int, chance: random.Random) -> None:
    directory.mkdir()
    rendition = f'rendition: {{sha256: "{_SHA}0", media_type: text/plain, lines: 400}}'
    years = (2022, 2023, 2024)
    history = "\n".join(
        f"  - {{date: {year}-0{chance.randrange(1, 9)}, review: true, touches: [statements, coding], text: Review., "
        f"citation: {_citation(year - 2000)}}}"
        for year in years
    )
    dates = [line.split("date: ")[1].split(",")[0] for line in history.splitlines()]
    (directory / "policy.yaml").write_text(
        f'issuer: {issuer}\nnumber: "{number:05}"\ntitle: Generated policy {number}\n{rendition}\n'
        f"review_interval: 12 months\nhistory:\n{history}\n"
    )
    for version in dates:
        (directory / f"{version}.yaml").write_text(_version(number, version, rendition, issuer, chance))


def _version(number: int, version: str, rendition: str, issuer: str, chance: random.Random) -> str:
    facts, provisions = [], []
    for at in range(3):
        fact = f"fact_{number}_{at}"
        facts.append(f"  - {{id: {fact}, type: boolean, ask: Is it {at}?, citation: {_citation(10 + at)}}}")
        stance = chance.choice(("medically-necessary", "investigational"))
        provisions.append(
            f"  - id: statement-{at}\n    text: Statement {at} of policy {number}.\n    stance: {stance}\n"
            f"    criteria: {{all: [{{fact: {fact}}}, {{not: {{fact: fact_{number}_{(at + 1) % 3}}}}}]}}\n    citation: {_citation(20 + at)}"
        )
    codes = [f"{number:04}{at}" for at in range(10)]
    for at in range(10):
        serial = number * 10 + at
        codes.append(f"{'ABCEGHJKLMPQRSTV'[serial // 10_000]}{serial % 10_000:04}")
    alone = "\n".join(f'      - {{code: "{code}", citation: {_citation(40 + at)}}}' for at, code in enumerate(codes[:10]))
    others = "\n".join(f'      - {{code: "{code}", citation: {_citation(60 + at)}}}' for at, code in enumerate(codes[10:]))
    lines = ", ".join(f"{issuer}-{line}" for line in LINES)
    return (
        f'version: "{version}"\n{rendition}\nlines_of_business: [{lines}]\nlines_of_business_citation: {_citation(5)}\n'
        "facts:\n" + "\n".join(facts) + "\nprovisions:\n" + "\n".join(provisions) + "\n"
        f"code_listings:\n  - id: alone\n    system: cpt\n    decides: alone\n    stance: investigational\n    text: Investigational codes.\n"
        f"    citation: {_citation(39)}\n    codes:\n{alone}\n"
        f"  - id: others\n    system: hcpcs\n    decides: with-provisions\n    text: Codes with statements.\n"
        f"    citation: {_citation(59)}\n    codes:\n{others}\n"
        f"authorization:\n  - {{setting: inpatient, rule: auth-needed, text: Inpatient, citation: {_citation(90)}}}\n"
        f"  - {{setting: outpatient, rule: no-auth, text: Outpatient, citation: {_citation(91)}}}\n"
    )
