"""A difference in the words that every output shows: for which services and days, what it was and is, in how many policies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medpolicy.explain.axes import STANCE_IN_WORDS
from medpolicy.model.issuer import Stance


def scope_text(one: Mapping[str, Any]) -> str:
    """The codes, lines of business and products of a difference, in words."""
    parts = [_codes_text(one)]
    lines = one["lines_of_business"]
    parts.append("every line of business" if one["every_line"] and len(lines) > 1 else ", ".join(lines))
    if len(one["settings"]) == 1:
        parts.append(one["settings"][0])
    if "products" in one:
        parts.append(_products_text(one))
    return "; ".join(parts)


def _codes_text(one: Mapping[str, Any]) -> str:
    if one["every_code"]:
        return "Any code, or none"
    parts = []
    if one["codes"]:
        parts.append(f"{'Codes' if len(one['codes']) > 1 or '-' in one['codes'][0] else 'Code'} {_listed(one['codes'], '')}")
    if one["other_codes"]:
        parts.append("any code that neither text names")
    if one["without_code"]:
        parts.append("a request without a code")
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _products_text(one: Mapping[str, Any]) -> str:
    ways = [_listed(one["products"], "one of ")] if one["products"] else []
    ways += [
        "only " + " together with ".join(_listed(names, "one of ") for names in kinds) for kinds in one.get("only_products", ())
    ]
    if not ways:
        return "no such product named"
    return f"with{' or without' if one['without_product'] else ''} {', or '.join(ways)} named"


def _listed(names: list[str], several: str) -> str:
    return names[0] if len(names) == 1 else several + ", ".join(names)


def answer_text(one: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What differs: coverage and authorization, each with its value before and after, in words."""
    if "coverage" in one:
        yield "coverage", _coverage_text(one["coverage"]["before"]), _coverage_text(one["coverage"]["after"])
    authorization = one["prior_authorization"]
    said = {
        setting: (_authorization_text(pair["before"]), _authorization_text(pair["after"]))
        for setting, pair in authorization.items()
    }
    # Where nothing is covered nothing is said of authorization, which is no news where the policy said nothing of it before.
    said = {setting: pair for setting, pair in said.items() if pair[0] != pair[1]}
    if len(said) == 2 and len(set(said.values())) == 1:
        yield "prior authorization", *next(iter(said.values()))
        return
    for setting, (before, after) in said.items():
        yield f"prior authorization, {setting}", before, after


def _coverage_text(said: Mapping[str, str]) -> str:
    words = said["coverage"].replace("-", " ")
    return f"{words} ({STANCE_IN_WORDS[Stance(said['stance'])]})" if "stance" in said else words


def _authorization_text(value: str | None) -> str:
    if value is None:
        return "not addressed"
    return {"auth-needed": "needed", "no-auth": "not needed"}.get(value, value.replace("-", " "))


def days_text(period: Mapping[str, Any]) -> str:
    """The days of service of a period, in words."""
    if period["last_day"] is None:
        return f"Service from {period['first_day']} on"
    return f"Service from {period['first_day']} to {period['last_day']}"


def policies_text(report: Mapping[str, Any]) -> str:
    """How many policies of a library are the same, and how many are not."""
    counts = {
        "changed": len(report["changed"]),
        "added": len(report["added"]),
        "removed": len(report["removed"]),
        "the same": report["same"],
    }
    total = sum(counts.values())
    return f"{total} polic{'y' if total == 1 else 'ies'}: {', '.join(f'{count} {what}' for what, count in counts.items())}"
