"""Short policy texts -> policy files -> a library.

A short text holds the keys of policy.yaml and of one version side by side (or several under `versions`). What every file needs
and no rule turns on is filled in: issuer, title, renditions, texts, questions, citations. The section of each citation names
the thing that is cited, such as "provision implant", so that a spec can say what a reason must cite.
"""

from __future__ import annotations

import copy
import hashlib
import json
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from medpolicy import Library, load_library

LINES = ("commercial", "medicare")

# The example plan: a commercial and a Medicare Advantage line, and one that no policy here names.
ISSUER = """
id: plan
name: Example Plan
lines_of_business:
  - {id: commercial, name: Commercial, program: commercial}
  - {id: medicare, name: Medicare, program: medicare-advantage}
  - {id: other, name: Other, program: commercial}
coverage_by_stance: {medically-necessary: covered, not-medically-necessary: not-covered,
                     investigational: not-covered, cosmetic: not-covered}
code_listings: alone
"""
CMS = """
id: cms
name: Medicare
lines_of_business:
  - {id: original-medicare, name: Medicare, program: medicare-advantage}
coverage_by_stance: {medically-necessary: covered, not-medically-necessary: not-covered,
                     investigational: not-covered, cosmetic: not-covered}
code_listings: alone
"""

_OF_POLICY = frozenset(
    (
        "issuer",
        "number",
        "title",
        "rendition",
        "authority",
        "jurisdiction",
        "fully_established",
        "identifiers",
        "review_interval",
        "related",
        "history",
    )
)


class _Loader(yaml.SafeLoader):
    """YAML without dates and without numbers that look like codes: 2025-03 stays text."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag in ("tag:yaml.org,2002:bool", "tag:yaml.org,2002:null")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read(text: str) -> Any:
    """A short text as plain values."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506  # a subclass of the safe one


@cache
def library_of(policies: tuple[str, ...], issuer: str = "") -> Library:
    """The library of these short texts."""
    with tempfile.TemporaryDirectory(prefix="medpolicy-spec-") as directory:
        write(Path(directory), policies, issuer)
        library = load_library(directory)
        _ = [*library.policies]  # read each while its files are there
        return library


def write(root: Path, policies: tuple[str, ...], issuer: str = "") -> None:
    """Write the files of these short texts."""
    issuers = {"plan": {**read(ISSUER), **(read(issuer) or {})}, "cms": read(CMS)}
    for at, text in enumerate(policies):
        policy, versions = filled(read(text), at)
        name = policy["issuer"]
        home = root / name / policy["number"]
        home.mkdir(parents=True)
        (root / name / "issuer.yaml").write_text(json.dumps(issuers[name]), encoding="utf-8")
        (home / "policy.yaml").write_text(json.dumps(policy), encoding="utf-8")
        for version in versions:
            (home / f"{version['version']}.yaml").write_text(json.dumps(version), encoding="utf-8")


def filled(short: dict[str, Any], at: int = 0) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The contents of policy.yaml and of each version file."""
    short = copy.deepcopy(short)
    policy = {key: value for key, value in short.items() if key in _OF_POLICY}
    texts = short.get("versions")
    history = policy.setdefault("history", [{"date": "2020-01"}])
    if texts is None:
        texts = {history[-1]["date"]: {key: value for key, value in short.items() if key not in _OF_POLICY}}
    policy.setdefault("issuer", "plan")
    policy.setdefault("number", str(100 + at))
    policy.setdefault("title", f"Example {policy['number']}")
    policy["rendition"] = _rendition(policy["number"])
    for event in history:
        event.setdefault("text", f"Event of {event['date']}.")
        event["citation"] = _citation(f"event {event['date']}")
    for key in ("identifiers", "related"):
        for entry in policy.get(key, ()):
            entry["citation"] = _citation(f"{key} {entry.get('number', entry.get('value'))}")
    lines = ["original-medicare"] if policy["issuer"] == "cms" else list(LINES)
    return policy, [_version(name, text or {}, policy["number"], lines) for name, text in texts.items()]


def _version(name: str, text: dict[str, Any], number: str, lines: list[str]) -> dict[str, Any]:
    version = {"version": name, "rendition": _rendition(number), **text}
    version.setdefault("lines_of_business", lines)
    version["lines_of_business_citation"] = _citation("lines of business")
    for fact in version.get("facts", ()):
        fact.setdefault("ask", f"What of {fact['id']}?")
        fact["citation"] = _citation(f"fact {fact['id']}")
        if "choices" in fact:
            fact["choices"] = [{"value": value, "meaning": f"class {value}"} for value in fact["choices"]]
    for kind, key in (("definition", "definitions"), ("provision", "provisions")):
        for entry in version.get(key, ()):
            entry.setdefault("text", f"What {entry['id']} says.")
            entry["citation"] = _citation(f"{kind} {entry['id']}")
            if "otherwise" in entry:
                entry.setdefault("otherwise_text", f"What {entry['id']} says otherwise.")
    for entry in version.get("product_lists", ()):
        entry["citation"] = _citation(f"product list {entry['id']}")
        entry["products"] = [_product(product) for product in entry["products"]]
    for entry in version.get("code_listings", ()):
        entry.setdefault("system", "cpt")
        entry.setdefault("text", f"What the listing {entry['id']} says.")
        entry["citation"] = _citation(f"listing {entry['id']}")
        entry["codes"] = [_code(code) for code in entry["codes"]]
    for entry in version.get("diagnosis_listings", ()):
        entry.setdefault("text", "Diagnoses.")
        entry["citation"] = _citation(f"diagnoses {entry['id']}")
    for entry in version.get("authorization", ()):
        entry.setdefault("text", f"{entry['setting']}: {entry['rule']}.")
        entry["citation"] = _citation(f"authorization {entry['setting']}")
    for entry in version.get("source_conflicts", ()):
        entry.setdefault("text", f"Two places disagree about {entry['product']}.")
        entry["citations"] = [_citation(f"{entry['id']} {place}") for place in ("one", "two")]
    return version


def _product(product: str | dict[str, Any]) -> dict[str, Any]:
    entry = {"name": product} if isinstance(product, str) else product
    return {"manufacturer": "Maker", **entry, "citation": _citation(f"product {entry['name']}")}


def _code(code: str | dict[str, Any]) -> dict[str, Any]:
    entry = {"code": code} if isinstance(code, str) else code
    return {**entry, "citation": _citation(f"row {entry['code']}")}


def _rendition(number: str) -> dict[str, Any]:
    return {"sha256": hashlib.sha256(number.encode()).hexdigest(), "media_type": "text/plain", "lines": 100}


def _citation(section: str) -> dict[str, Any]:
    return {"section": section, "lines": [1, 1], "sha256": hashlib.sha256(section.encode()).hexdigest()}
