"""The conditions and values of a difference between two texts, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from medpolicy.authoring.diff.determinations import Condition, Limit
from medpolicy.authoring.diff.diagnosis_axis import DiagnosisClass, in_few_words
from medpolicy.authoring.diff.factoring import AllTogether, SomeOf
from medpolicy.authoring.diff.variables import Interval, Measure
from medpolicy.explain.criteria import outline
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation
from medpolicy.model.coded import CodedEnum
from medpolicy.model.facts import Choice, Since
from medpolicy.model.policy import Delegation
from medpolicy.model.quantity import UNITS

LIMITS = {
    "several-products": "A request that names more than one of these products is not compared: {}.",
    "fact-redefined": "Both texts ask the fact {}, but as different things; it is taken for two facts.",
    "choices-of-one-text": "The fact {} has these choices in one text only, so a request that tells one is not compared: {}.",
    "no-common-choice": "The two texts have no choice of the fact {} in common; no determination is compared.",
    "too-coarse": "A product or a code answers the fact {} too coarsely for a criterion; there the comparison may be wrong.",
    "too-many-conditions": "More than {} conditions differ in one way; the further ones are left out.",
    "too-entangled": "The determinations cannot be compared exactly: {}",
    "not-on-file": "One of the two texts has these not on file for its day, so that they are not compared: {}.",
}


def limit_text(limit: Limit) -> str:
    """What was not compared, in words."""
    first, *others = limit.says or ("",)
    if limit.code in ("several-products", "not-on-file"):
        return LIMITS[limit.code].format(", ".join(limit.says))
    return LIMITS[limit.code].format(first, ", ".join(others))


def condition_text(condition: Condition) -> str:
    """A condition, such as `size at least 3 mm and less than 4 mm`."""
    variable = condition.variable
    if variable.diagnoses is not None:
        return _diagnosis_text(variable.diagnoses, present=True in condition.pieces)
    subject = (
        variable.subject if variable.text is None else f"{variable.subject} (as the {('old', 'new')[variable.text]} text asks it)"
    )
    if variable.measure is not None:
        intervals = [piece for piece in condition.pieces if isinstance(piece, Interval)]
        return f"{subject} {' or '.join(_interval_text(one, variable.measure) for one in joined(intervals))}"
    if condition.pieces in ((True,), (False,)):
        return f"{subject}: {'yes' if condition.pieces[0] else 'no'}"
    return f"{subject} is {_choices_text(condition)}"


def _choices_text(condition: Condition) -> str:
    pieces, chosen = list(map(str, condition.variable.pieces)), list(map(str, condition.pieces))
    if condition.variable.ordered and len(chosen) > 1:
        first, last = pieces.index(chosen[0]), pieces.index(chosen[-1])
        if last - first + 1 == len(chosen):
            if last == len(pieces) - 1:
                return f"{chosen[0]} or above"
            return f"{chosen[-1]} or below" if first == 0 else f"{chosen[0]} to {chosen[-1]}"
    others = [piece for piece in pieces if piece not in chosen]
    if len(others) <= 2 and len(chosen) > 3:
        return f"not {' or '.join(others)}"
    return _or(chosen)


def joined(intervals: Iterable[Interval]) -> list[Interval]:
    """Intervals in their order, those that follow each other without a gap as one."""
    found: list[Interval] = []
    for one in intervals:
        last = found[-1] if found else None
        if last is not None and last.high == one.low and last.high_included != one.low_included:
            found[-1] = Interval(last.low, last.low_included, one.high, one.high_included)
        else:
            found.append(one)
    return found


def _interval_text(interval: Interval, measure: Measure) -> str:
    of_dates = measure.scale == "date"
    if interval.low is not None and interval.low == interval.high:
        return f"{'on' if of_dates else 'exactly'} {_position(interval.low, measure)}"
    said = []
    if interval.low is not None:
        word = ("on or after" if interval.low_included else "after") if of_dates else ""
        said.append(f"{word or ('at least' if interval.low_included else 'more than')} {_position(interval.low, measure)}")
    if interval.high is not None:
        word = ("on or before" if interval.high_included else "before") if of_dates else ""
        said.append(f"{word or ('at most' if interval.high_included else 'less than')} {_position(interval.high, measure)}")
    return " and ".join(said)


def _position(position: Fraction, measure: Measure) -> str:
    match measure.scale:
        case "date":
            return date.fromordinal(int(position)).isoformat()
        case "number":
            unit = measure.unit or "1"
            return _number(position / UNITS[unit][1]) + ("" if unit == "1" else f" {unit}")
        case "age":
            return f"{_number(position)} years"
        case "days" if measure.unit == "weeks":
            weeks = position / 7
            return f"{_number(weeks)} week{'s' if weeks != 1 else ''}"
        case "months" if position and position % 12 == 0:
            years = position / 12
            return f"{_number(years)} year{'s' if years != 1 else ''}"
        case scale:
            return f"{_number(position)} {scale}"


def _number(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):g}"


def _diagnosis_text(found: DiagnosisClass, *, present: bool) -> str:
    said = in_few_words(found)
    where = " and in ".join(str(codes) for codes in said.within)
    beside = f", not in {' nor in '.join(str(codes) for codes in said.outside)}" if said.outside else ""
    return f"{'a' if present else 'no'} diagnosis in {where}{beside}"


def _or(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def where_lines(where: AllTogether[Condition], depth: int = 0) -> Iterator[tuple[int, str]]:
    """The nested condition, a line for each part with its depth; nothing where it always holds."""
    for one in where.literals:
        yield depth, condition_text(one)
    for alternatives in where.alternatives:
        yield depth, "any of:"
        for member in alternatives:
            if len(member.literals) == 1 and not member.alternatives:
                yield depth + 1, condition_text(member.literals[0])
            else:
                yield depth + 1, "all of:"
                yield from where_lines(member, depth + 2)
    if where.some_of is not None:
        yield depth, f"{_count_text(where.some_of)}:"
        yield from ((depth + 1, condition_text(one)) for one in where.some_of.literals)


def _count_text(some_of: SomeOf[Condition]) -> str:
    low, high = some_of.at_least, some_of.at_most
    if low == high:
        return f"exactly {low} of"
    if high == len(some_of.literals):
        return f"at least {low} of"
    return f"at most {high} of" if low == 0 else f"{low} to {high} of"


def where_json(where: AllTogether[Condition]) -> dict[str, Any]:
    """The nested condition as JSON: `all` of these; a member with `any` holds where one of its own does.

    One with `some` holds where at least `at_least` and at most `at_most` of them do.
    """
    conditions: list[dict[str, Any]] = [_condition_json(one) for one in where.literals]
    conditions += [{"any": [where_json(one) for one in alternatives]} for alternatives in where.alternatives]
    if where.some_of is not None:
        some_of = where.some_of
        conditions.append(
            {
                "in_words": _count_text(some_of),
                "at_least": some_of.at_least,
                "at_most": some_of.at_most,
                "some": [_condition_json(one) for one in some_of.literals],
            }
        )
    return {"all": conditions}


def _condition_json(condition: Condition) -> dict[str, Any]:
    variable = condition.variable
    said: dict[str, Any] = {"subject": variable.subject, "in_words": condition_text(condition)}
    if variable.text is not None:
        said["as_in"] = ("old", "new")[variable.text]
    if variable.diagnoses is not None:
        few = in_few_words(variable.diagnoses)
        return {
            **said,
            "present": True in condition.pieces,
            "in": [str(codes) for codes in few.within],
            "not_in": [str(codes) for codes in few.outside],
        }
    if variable.measure is None:
        return {**said, "one_of": list(condition.pieces)}
    intervals = joined(piece for piece in condition.pieces if isinstance(piece, Interval))
    return {**said, "intervals": [_interval_json(one, variable.measure) for one in intervals]}


def _interval_json(interval: Interval, measure: Measure) -> dict[str, str]:
    said = {}
    if interval.low is not None:
        said["at_least" if interval.low_included else "more_than"] = _position(interval.low, measure)
    if interval.high is not None:
        said["at_most" if interval.high_included else "less_than"] = _position(interval.high, measure)
    return said


# -- values of the model --------------------------------------------------------------------------------------------------


def value_lines(value: object) -> list[str]:
    """A value of a policy in words, a line for each of several."""
    if isinstance(value, Citation):
        return [f"{value.section}, lines {value.first_line}-{value.last_line}"]
    if isinstance(value, c.AllOf | c.AnyOf | c.AtLeast | c.Not) or type(value).__name__ in _TESTS:
        return ["  " * depth + text for depth, text in outline(value)]  # type: ignore[arg-type]  # it is a criterion
    if isinstance(value, Mapping):
        return [f"{key}: {'; '.join(value_lines(one))}" for key, one in value.items()]
    if isinstance(value, tuple | list):
        return [line for one in value for line in value_lines(one)]
    return [_value_text(value)] if value not in (None, "") else []


_TESTS = frozenset(
    kind.__name__ for kind in (*c.FACT_TESTS, c.AgeCompares, c.SexIs, c.DiagnosisIn, c.ProcedureIn, c.ProductIn, c.ServiceStateIn)
)


def _value_text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, CodedEnum):
        return str(value.value)
    if isinstance(value, Choice):
        return f"{value.value}: {value.meaning}"
    if isinstance(value, Delegation):
        return " ".join(part for part in (value.kind, value.identifier, value.title) if part)
    if isinstance(value, Since):
        return f"since {value.start}"
    return str(value)
