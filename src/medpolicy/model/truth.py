"""Kleene's three values, as the status of a criterion.

Source: S. C. Kleene, Introduction to Metamathematics (1952), section 64, the strong tables.
"""

from __future__ import annotations

from collections.abc import Iterable

from medpolicy.model.coded import CodedEnum


class CriterionStatus(CodedEnum):
    """Whether a criterion holds: `met`, `not-met`, or `unknown` because a fact it rests on was not told."""

    MET = "met"
    NOT_MET = "not-met"
    UNKNOWN = "unknown"


MET, NOT_MET, UNKNOWN = CriterionStatus.MET, CriterionStatus.NOT_MET, CriterionStatus.UNKNOWN


def status_of(holds: bool) -> CriterionStatus:
    """`met` or `not-met` for something that is known."""
    return MET if holds else NOT_MET


def negation(status: CriterionStatus) -> CriterionStatus:
    """`met` and `not-met` change places; `unknown` stays."""
    if status is UNKNOWN:
        return UNKNOWN
    return NOT_MET if status is MET else MET


def conjunction(statuses: Iterable[CriterionStatus]) -> CriterionStatus:
    """`not-met` where one is not met; else `unknown` where one is unknown; else `met` (also of none)."""
    result = MET
    for status in statuses:
        if status is NOT_MET:
            return NOT_MET
        if status is UNKNOWN:
            result = UNKNOWN
    return result


def disjunction(statuses: Iterable[CriterionStatus]) -> CriterionStatus:
    """`met` where one is met; else `unknown` where one is unknown; else `not-met` (also of none)."""
    result = NOT_MET
    for status in statuses:
        if status is MET:
            return MET
        if status is UNKNOWN:
            result = UNKNOWN
    return result


def threshold(count: int, statuses: Iterable[CriterionStatus]) -> CriterionStatus:
    """`met` where at least `count` are met; `not-met` where so many can no longer be; else `unknown`."""
    met = unknown = 0
    for status in statuses:
        if status is MET:
            met += 1
        elif status is UNKNOWN:
            unknown += 1
    if met >= count:
        return MET
    return UNKNOWN if met + unknown >= count else NOT_MET
