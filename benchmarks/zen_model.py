"""Policy 254's four axes as a decision model of zen-engine, the fastest rules engine that PyPI has.

zen gets the easier work: what it is asked is prepared for it outside the clock (the product already matched, its facts
already implied, the date already a number), and it answers the four axes only, without reasons, citations or questions.
Its table is made from our own answers to one request of each kind, neighbouring periods with equal answers joined, the most
frequent first.
"""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from benchmarks.requests import AS_OF, FACTS, GENERIC, LISTED
from medpolicy import Library, determine
from medpolicy.library.in_force import boundaries

AXES = ("coverage", "stance", "prior_authorization", "basis")
_KINDS = {"listed": LISTED[0], "generic": GENERIC, "unlisted": "99213", "history": "38243", "none": None}
_ORTHOPEDIC = FACTS[3]


def context_of(request: dict[str, Any], library: Library) -> dict[str, Any]:
    """The request as zen is asked: numbers and text, nothing left to normalize."""
    code = request.get("procedures", [None])[0]
    if code in LISTED:
        kind = "listed"
    elif code == GENERIC:
        kind = "generic"
    elif code is None:
        kind = "none"
    else:
        kind = "history" if code == "38243" else "unlisted"
    stated = dict(request.get("facts", {}))
    if kind == "generic":
        stated["by_code"] = True
    facts: dict[str, str] = {}
    for name in FACTS:
        told = request.get("facts", {}).get(name)
        facts[name] = "unknown" if told is None else "yes" if told else "no"
    products = request.get("products", [])
    listed = library.policy("254", "bcbsma").versions[-1].product_lists
    implied = {
        fact
        for name in products
        for group in listed
        for product in group.products
        if product.name == name
        for fact in product.implies
    }
    return {
        "kind": kind,
        "day": int(request["service_date"].replace("-", "")),
        "setting": request.get("setting", "unknown"),
        **{f"f{at}": facts[name] for at, name in enumerate(FACTS)},
        **{f"p{at}": name in implied for at, name in enumerate(FACTS)},
    }


def model(library: Library) -> str:
    """The decision model: one node of expressions for the statements' status, one table."""
    return json.dumps({"nodes": [_input(), _expressions(), _table(library), _output()], "edges": _edges()})


def bare_model() -> str:
    """A model that does nothing, to show what a call costs."""
    return json.dumps({"nodes": [_input(), _output()], "edges": [_edge("in", "out")]})


def _expressions() -> dict[str, Any]:
    # The list of products is on file from 2022-12 on, the listing of 20930, which implies the fourth fact, from 2023-05 on.
    steps = [("products", "day >= 20221201"), ("coded", 'kind == "generic" and day >= 20230501')]
    for at in range(4):
        by_code = " or $.coded" if at == 3 else ""
        steps.append((f"a{at}", f'($.products and p{at}){by_code} ? "yes" : f{at}'))
        steps.append((f"b{at}", f'{"$.coded" if at == 3 else "false"} ? "yes" : f{at}'))
    for name in "ab":
        first = " or ".join(f'$.{name}{at} == "yes"' for at in range(3))
        none = " and ".join(f'$.{name}{at} == "no"' for at in range(3))
        steps.append(
            (
                f"status_{name}",
                f'(({first}) and $.{name}3 == "yes") ? "met" : (({none}) or $.{name}3 == "no") ? "not" : "open"',
            )
        )
    steps.append(("rests", "$.status_a != $.status_b"))
    expressions = [{"id": f"x{at}", "key": key, "value": value} for at, (key, value) in enumerate(steps)]
    return {
        "id": "facts",
        "type": "expressionNode",
        "name": "facts",
        "position": {"x": 1, "y": 0},
        "content": {"expressions": expressions, "passThrough": True},
    }


def _table(library: Library) -> dict[str, Any]:
    inputs = [{"id": name, "name": name, "field": name} for name in ("kind", "day", "status_a", "rests", "setting")]
    outputs = [{"id": f"o_{name}", "name": name, "field": name} for name in AXES]
    rules = [{"_id": f"r{at}", **rule} for at, rule in enumerate(_rules(library))]
    content = {"hitPolicy": "first", "inputs": inputs, "outputs": outputs, "rules": rules}
    return {"id": "axes", "type": "decisionTableNode", "name": "axes", "position": {"x": 2, "y": 0}, "content": content}


def _rules(library: Library) -> list[dict[str, str]]:
    policy = library.policy("254", "bcbsma")
    starts = [date(1900, 1, 1), *boundaries(policy)]
    rules = []
    for kind, code in _KINDS.items():
        for status, rests in (("met", False), ("met", True), ("open", False), ("open", True), ("not", False)):
            for setting in ("outpatient", "inpatient", "unknown"):
                answers = []
                for start in starts:
                    request = _of_kind(code, status, rests, setting, start)
                    answers.append((start, None if request is None else _axes(determine(request, library, as_of=AS_OF))))
                periods = [(axes, list(group)) for axes, group in groupby(answers, key=lambda pair: pair[1])]
                for at in range(len(periods) - 1, -1, -1):  # the latest first: most requests are of late
                    axes, group = periods[at]
                    if axes is None:
                        continue
                    until = periods[at + 1][1][0][0] if at + 1 < len(periods) else None
                    rule = {"kind": f'"{kind}"', "day": _range(group[0][0], until), "setting": f'"{setting}"'}
                    rule |= {"status_a": f'"{status}"', "rests": str(rests).lower()}
                    rule |= {f"o_{name}": f'"{axes[name]}"' for name in AXES}
                    rules.append(rule)
    return rules


def _of_kind(code: str | None, status: str, rests: bool, setting: str, day: date) -> dict[str, Any] | None:
    """One request of the kind; None where there is none on that day."""
    products_on_file, coded = day >= date(2022, 12, 1), code == GENERIC and day >= date(2023, 5, 1)
    if rests and not products_on_file:
        return None
    request: dict[str, Any] = {
        "issuer": "bcbsma",
        "service_date": max(day, date(1901, 1, 1)).isoformat(),
        "line_of_business": "commercial-hmo-pos",
    }
    facts: dict[str, bool] = {}
    if status == "met":
        if rests:
            request["products"] = ["Map3®"]
        else:
            facts = {FACTS[0]: True, _ORTHOPEDIC: True}
    elif status == "not":
        facts = dict.fromkeys(FACTS[:3], False)
    elif rests:
        return None
    else:
        facts = {FACTS[0]: False}
    if facts:
        request["facts"] = facts
    if code is not None:
        request["procedures"] = [code]
        if coded:
            facts.pop(_ORTHOPEDIC, None)
    if setting != "unknown":
        request["setting"] = setting
    return request


def _axes(answer: dict[str, Any]) -> dict[str, str]:
    service = answer["services"][0]
    return {name: service.get(name, "") for name in AXES}


def _range(start: date, until: date | None) -> str:
    first = int(start.strftime("%Y%m%d"))
    return f">= {first}" if until is None else f"[{first}..{int((until - timedelta(days=1)).strftime('%Y%m%d'))}]"


def _input() -> dict[str, Any]:
    return {"id": "in", "type": "inputNode", "name": "in", "position": {"x": 0, "y": 0}}


def _output() -> dict[str, Any]:
    return {"id": "out", "type": "outputNode", "name": "out", "position": {"x": 3, "y": 0}}


def _edge(source: str, target: str) -> dict[str, str]:
    return {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}


def _edges() -> list[dict[str, str]]:
    return [_edge("in", "facts"), _edge("facts", "axes"), _edge("axes", "out")]
