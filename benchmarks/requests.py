"""Seeded requests for Policy 254, distinct, in the mix that a plan sees.

Of 100 requests 45 ask about a code that the policy lists as investigational, 40 about the generic code 20930, 10 about a
code that it does not list, 5 name no code. With a listed code hardly anybody says more; with 20930 two in three name a graft
or answer questions. Four in five service dates lie in the three years before the day of asking, the rest go back to 2009.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from medpolicy import Library

AS_OF = date(2026, 11, 23)
LISTED = ("0263T", "0264T", "0265T", "0489T", "0490T", "0565T", "0566T")
GENERIC = "20930"
UNLISTED = ("22633", "99213", "22551", "27447", "38243")
LINES = ("commercial-hmo-pos", "commercial-ppo-indemnity", "medicare-hmo", "medicare-ppo")
FACTS = (
    "mesenchymal_stem_cell_therapy",
    "contains_viable_stem_cells",
    "combined_with_autologous_blood_or_marrow",
    "orthopedic_application",
)


def requests_for_254(library: Library, count: int, seed: int = 254) -> list[dict[str, Any]]:
    """So many requests as dicts, no two alike."""
    policy = library.policy("254", "bcbsma")
    products = [product.name for listed in policy.versions[-1].product_lists for product in listed.products]
    chance = random.Random(seed)
    found: list[dict[str, Any]] = []
    seen: set[str] = set()
    while len(found) < count:
        request = _request(chance, products)
        key = repr(request)
        if key not in seen:
            seen.add(key)
            found.append({"id": f"r{len(found)}", **request})
    return found


def _request(chance: random.Random, products: list[str]) -> dict[str, Any]:
    recent = chance.random() < 0.8
    first, last = (date(2023, 11, 23), AS_OF) if recent else (date(2009, 6, 1), date(2023, 11, 22))
    day = first + timedelta(days=chance.randrange((last - first).days + 1))
    request: dict[str, Any] = {"issuer": "bcbsma", "service_date": day.isoformat(), "line_of_business": chance.choice(LINES)}
    if chance.random() < 0.9:
        request["setting"] = chance.choice(("inpatient", "outpatient"))
    kind = chance.random()
    if kind < 0.45:
        request["procedures"], more = [chance.choice(LISTED)], 0.1
    elif kind < 0.85:
        request["procedures"], more = [GENERIC], 0.65
    elif kind < 0.95:
        request["procedures"], more = [chance.choice(UNLISTED)], 0.3
    else:
        more = 1.0
    if chance.random() < more:
        if chance.random() < 0.5:
            request["products"] = [chance.choice(products)]
        else:
            request["facts"] = {fact: chance.random() < 0.5 for fact in chance.sample(FACTS, chance.randrange(1, 5))}
    if chance.random() < 0.5:
        request["diagnoses"] = [chance.choice(("M43.16", "M17.11", "S83.241A", "M87.051"))]
    request["member"] = {"age": chance.randrange(18, 90), "sex": chance.choice(("female", "male"))}
    return request
