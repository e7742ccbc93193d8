"""The answers of two texts differ exactly where the report's conditions hold, on random pairs of texts and random requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from medpolicy.authoring.diff.code_axis import CodeGroup
from medpolicy.authoring.diff.determinations import (
    Condition,
    DeterminationChange,
    DeterminationDifferences,
    Difference,
    compare_determinations,
)
from medpolicy.authoring.diff.factoring import AllTogether
from medpolicy.authoring.diff.outcomes import ComparedText, text_on
from medpolicy.authoring.diff.product_axis import ProductsNamed
from medpolicy.authoring.diff.variables import Interval
from medpolicy.engines import reference
from medpolicy.engines.case import Case
from medpolicy.engines.evaluation import test_value as status_of_test
from medpolicy.engines.opinion import view_of
from medpolicy.errors import RequestError
from medpolicy.formats.requests import read_request
from medpolicy.library.library import Library, library_of
from medpolicy.model import criteria as c
from medpolicy.model.determination import ServiceDetermination
from medpolicy.model.facts import Since
from medpolicy.model.issuer import Setting
from medpolicy.model.period import Duration, DurationUnit
from medpolicy.model.policy import Authority, MedicalPolicy
from medpolicy.model.products import product_key
from medpolicy.model.quantity import Quantity
from medpolicy.model.request import Request
from medpolicy.model.truth import UNKNOWN
from tests.generative.strategies import CODES, DAYS, DIAGNOSES, LINES, PRODUCTS, SCALE, SHA, STATES, issuer_of, policies

AS_OF = date(2024, 6, 1)
OTHER_CODES = ("99999", "22223", "0556T")
EXAMPLES = 400


@st.composite
def complete_requests(draw: st.DrawFn, day: date) -> dict[str, Any]:
    """A request that tells everything that the texts can ask, of one service."""
    request: dict[str, Any] = {
        "issuer": "first",
        "service_date": day.isoformat(),
        "line_of_business": draw(st.sampled_from(LINES)),
        "setting": draw(st.sampled_from(("inpatient", "outpatient"))),
        "diagnoses": draw(st.lists(st.sampled_from((*DIAGNOSES, "M16.9", "I83.9")), max_size=2)),
        "products": draw(st.lists(st.sampled_from((*PRODUCTS, "beta")), max_size=3)),
        "member": {
            "age": draw(st.sampled_from((0, 17, 18, 40, 65, 66))),
            "sex": draw(st.sampled_from(("female", "male", "other"))),
        },
        "service_state": draw(st.sampled_from((*STATES, "TX"))),
        "facts": {
            "flag": draw(st.booleans()),
            "other_flag": draw(st.booleans()),
            "grade": draw(st.sampled_from(SCALE)),
            "size": draw(st.sampled_from([{"value": value, "unit": "mm"} for value in (2.9, 3, 4, 5, 6)])),
            "since": draw(st.sampled_from(("2019-12-31", "2020-01-01", "2020-05-01", "2020-11-30", "2021-02-28", "2023-06-15"))),
            "lasted": draw(
                st.sampled_from(
                    (
                        *({"value": value, "unit": "days"} for value in (10, 42, 50, 90, 91, 400)),
                        *({"value": value, "unit": "months"} for value in (1, 2, 3, 12, 13)),
                        {"since": "2020-11-30"},
                        {"since": "2021-01-01"},
                    )
                )
            ),
        },
    }
    code = draw(st.sampled_from((None, *CODES, *OTHER_CODES)))
    if code is not None:
        request["procedures"] = [code]
    return request


def _holds(condition: Condition, request: Request, values: Mapping[str, object]) -> bool:
    variable = condition.variable
    if variable.diagnoses is not None:
        wanted = any(code in variable.diagnoses for code in request.diagnoses or ())
        return wanted in condition.pieces
    value = values[variable.subject]
    if variable.measure is None:
        if variable.subject == "service_state" and value not in variable.pieces:
            value = "another state"
        return value in condition.pieces
    return any(
        _within(piece, value, variable.measure.scale, request.service_date)
        for piece in condition.pieces
        if isinstance(piece, Interval)
    )


def _all_hold(where: AllTogether[Condition], request: Request, values: Mapping[str, object]) -> bool:
    some_of = where.some_of
    if some_of is not None:
        held = sum(_holds(one, request, values) for one in some_of.literals)
        if not some_of.at_least <= held <= some_of.at_most:
            return False
    return all(_holds(condition, request, values) for condition in where.literals) and all(
        any(_all_hold(one, request, values) for one in alternatives) for alternatives in where.alternatives
    )


def _within(piece: Interval, value: object, scale: str, day: date) -> bool:
    low = None if piece.low is None else _order(value, piece.low, scale, day)
    high = None if piece.high is None else _order(value, piece.high, scale, day)
    above = low is None or low > 0 or (piece.low_included and low == 0)
    return above and (high is None or high < 0 or (piece.high_included and high == 0))


def _order(value: object, limit: Fraction, scale: str, day: date) -> int:
    """-1, 0, 1: the value against a position of its line."""
    if scale in ("days", "months"):
        unit = DurationUnit.DAYS if scale == "days" else DurationUnit.MONTHS
        if isinstance(value, Duration):
            (low, high), (limit_low, limit_high) = value.day_bounds, Duration(limit, unit).day_bounds
            if value.unit.is_calendar == unit.is_calendar:
                low = high = value.count
                limit_low = limit_high = limit
            return (low >= limit_high and high > limit_low) - (high <= limit_low and low < limit_high)
        start = value.start if isinstance(value, Since) else value
        reached = Duration(limit, unit).after(start)  # type: ignore[arg-type]
        return (day > reached) - (day < reached)
    if scale == "date":
        assert isinstance(value, date)
        position = Fraction(value.toordinal())
    elif scale == "number":
        assert isinstance(value, Quantity)
        position = value.magnitude
    else:
        assert isinstance(value, int)
        position = Fraction(value)
    return (position > limit) - (position < limit)


def _in_group(code: str | None, group: CodeGroup | None, named: list[CodeGroup]) -> bool:
    if code is None or group is None:
        return code is None and group is None
    return code in group if group.spans else not any(code in other for other in named)


def _named(request: Request, known: Sequence[ProductsNamed]) -> ProductsNamed | None:
    """What the request's products come to; None: they are not compared together."""
    given = set(map(product_key, request.products or ()))
    kinds = {kind for one in known for kind in one.kinds if given & set(map(product_key, kind))}
    return next((one for one in known if set(one.kinds) == kinds), None)


def differing(
    difference: Difference,
    request: Request,
    values: Mapping[str, object],
    products: ProductsNamed,
    report: DeterminationDifferences,
) -> bool:
    named = [group for group in report.codes if group is not None and group.spans]
    code = request.procedures[0].code if request.procedures else None
    return (
        (difference.codes is None or any(_in_group(code, group, named) for group in difference.codes))
        and request.line_of_business in (report.lines if difference.lines is None else difference.lines)
        and (difference.products is None or products in difference.products)
        and _all_hold(difference.where, request, values)
    )


def _told(request: Request, product_facts: Mapping[str, object]) -> dict[str, object]:
    return {
        **request.facts,
        **product_facts,
        "age": request.member.age,
        "sex": request.member.sex,
        "service_state": request.service_state,
    }


def _answer(library: Library, request: dict[str, Any]) -> tuple[Request, ServiceDetermination] | None:
    try:
        read = read_request(request, library)
    except RequestError:
        return None  # a library whose policy has no version on file knows no fact
    return read, reference.determine(read, library, as_of=AS_OF, engine="reference").services[0]


def _has(change: DeterminationChange, before: ServiceDetermination, after: ServiceDetermination, setting: Setting) -> bool:
    at = list(Setting).index(setting)
    said = ((before.coverage, before.stance), (after.coverage, after.stance))
    authorization = (before.prior_authorization, after.prior_authorization)
    same_said = change.coverage == (said if said[0] != said[1] else None)
    return same_said and change.authorization[at] == (authorization if authorization[0] != authorization[1] else None)


@pytest.mark.slow
def test_the_answers_differ_exactly_where_the_conditions_hold() -> None:
    seen: set[str] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        issuer = issuer_of("first")
        pair: list[MedicalPolicy] = [data.draw(policies("first", "1", (Authority.PLAN_POLICY,))) for _ in range(2)]
        day = data.draw(st.sampled_from(DAYS))
        bare = Request(issuer="first", service_date=day, line_of_business=LINES[0])
        texts = [text_on(policy, issuer, bare, name) for policy, name in zip(pair, ("old", "new"), strict=True)]
        report = compare_determinations(*texts)
        assert {limit.code for limit in report.limits} <= {"several-products", "too-coarse", "too-many-conditions"}
        assume(not any(limit.code == "too-coarse" for limit in report.limits))
        incomplete = any(limit.code == "too-many-conditions" for limit in report.limits)
        libraries = [library_of([issuer], [policy], "sha256:" + SHA) for policy in pair]
        for _ in range(6):
            request = data.draw(complete_requests(day))
            answers = [_answer(library, request) for library in libraries]
            if answers[0] is None or answers[1] is None:
                continue
            (read, before), (_, after) = answers
            if any(_is_too_coarse(text, read) for text in texts):
                continue
            products = _named(read, report.products)
            if products is None:
                assert any(limit.code == "several-products" for limit in report.limits)
                continue
            values = _told(read, _answered_alike(texts, read))
            found = [one for one in report.differences if differing(one, read, values, products, report)]
            differ = (before.coverage, before.stance, before.prior_authorization) != (
                after.coverage,
                after.stance,
                after.prior_authorization,
            )
            setting = read.setting
            assert setting is not None
            here = [one for one in found if one.change.coverage or one.change.authorization[list(Setting).index(setting)]]
            if not incomplete or here:
                assert bool(here) == differ, (before, after, found)
            for one in here:
                assert _has(one.change, before, after, setting)
            seen.add("differ" if differ else "equal")

    check()
    assert seen == {"differ", "equal"}


def _is_too_coarse(text: ComparedText, request: Request) -> bool:
    """Whether a duration is told in units that a test cannot place: then the request does not tell everything."""
    value = request.facts["lasted"]
    return isinstance(value, Duration) and any(
        status_of_test(test, value, request.service_date) is UNKNOWN
        for version in text.sources
        for provision in version.provisions
        for tree in (provision.when, provision.criteria)
        for test in c.tests_in(tree)
        if c.subject_of(test) == "lasted"
    )


def _answered_alike(texts: list[ComparedText], request: Request) -> Mapping[str, object]:
    """The facts that code and product answer alike in both texts: the report speaks of them as if they were told."""
    service = request.procedures[0] if request.procedures else None
    case = Case(request._replace(facts={}), service, alone=True)
    known = [view_of(0, text.policy, text.issuer, request.line_of_business, case, {}, text.parts).known for text in texts]
    return {
        fact: value
        for fact, value in known[0].values.items()
        if fact in known[0].sources and known[1].values.get(fact) == value and fact in known[1].sources
    }
