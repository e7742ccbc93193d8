"""Both engines answer alike on the policies that ship, on random requests that use their own codes, facts and products."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from medpolicy import load_library
from medpolicy.library.in_force import boundaries
from medpolicy.library.library import FactForm, Library
from medpolicy.model.facts import FactType
from medpolicy.review.determine import determine, prepare

AS_OF = date(2026, 11, 23)
LIBRARY = load_library()


def _value(form: FactForm) -> st.SearchStrategy[Any]:
    if form.type is FactType.BOOLEAN:
        return st.booleans()
    if form.type is FactType.CHOICE:
        return st.sampled_from(form.choices)
    if form.type is FactType.NUMBER:
        return st.sampled_from([{"value": value, "unit": "mm"} for value in (2, 2.99, 3, 4)])
    if form.type is FactType.DATE:
        return st.dates(date(2020, 1, 1), date(2026, 1, 1)).map(date.isoformat)
    return st.sampled_from([{"value": 2, "unit": "months"}, {"value": 90, "unit": "days"}, {"value": 1, "unit": "years"}])


@st.composite
def requests(draw: st.DrawFn, library: Library, *, told: float) -> dict[str, Any]:
    """A request with about this share of the policy's facts told, so that the reference engine has few completions to see."""
    at = draw(st.integers(0, len(library.keys) - 1))
    issuer, summary = library.issuers[library.keys[at][0]], library.summaries[at]
    request: dict[str, Any] = {
        "issuer": issuer.id,
        "service_date": draw(st.dates(date(2000, 1, 1), date(2027, 1, 1))).isoformat(),
        "line_of_business": draw(st.sampled_from([line.id for line in issuer.lines_of_business])),
        "procedures": draw(st.lists(st.sampled_from((*summary.codes, "99213")), min_size=0, max_size=2)),
    }
    if draw(st.booleans()):
        request["setting"] = draw(st.sampled_from(("inpatient", "outpatient")))
    facts = {}
    for name, form in summary.facts.items():
        if form.type is FactType.CHOICE or draw(st.floats(0, 1)) < told:
            facts[name] = draw(_value(form))
    request["facts"] = facts
    if summary.products and draw(st.booleans()):
        request["products"] = draw(st.lists(st.sampled_from((*summary.products, "DBX Mix")), max_size=2))
    return request


@settings(max_examples=250)
@given(requests(LIBRARY, told=0.8))
def test_engines_agree_on_the_shipped_policies(request: dict[str, Any]) -> None:
    if not request["procedures"]:
        del request["procedures"]
    one = determine(request, LIBRARY, as_of=AS_OF, engine="reference")
    assert determine(request, LIBRARY, as_of=AS_OF, engine="compiled") == one


def test_prepared_answers_are_those_of_the_request() -> None:
    """On the first and last day of every stretch, for every code, line and setting: what `prepare` made, and what it did not."""
    prepared = load_library()
    prepare(prepared)
    plain = load_library()
    compared = 0
    for at, (issuer, _) in enumerate(plain.keys):
        starts = boundaries(plain.policies[at])
        days = sorted(
            {day for start in starts for day in (start - timedelta(days=1), start)} | {AS_OF, AS_OF + timedelta(days=1)}
        )
        for day in days:
            for line in plain.issuers[issuer].lines_of_business:
                for code in (*plain.summaries[at].codes, "99213"):
                    for setting in (None, "inpatient", "outpatient"):
                        request = {"service_date": day.isoformat(), "line_of_business": line.id, "procedures": [code + "-RT"]}
                        if setting is not None:
                            request["setting"] = setting
                        assert determine(request, prepared, as_of=AS_OF) == determine(request, plain, as_of=AS_OF)
                        compared += 1
    assert compared > 10_000
