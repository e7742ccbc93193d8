"""Criteria in words, as a person reads them in a list."""

from __future__ import annotations

from collections.abc import Iterator

from medpolicy.model import criteria as c

_COMPARISONS = {
    c.Comparator.AT_LEAST: "at least",
    c.Comparator.MORE_THAN: "more than",
    c.Comparator.AT_MOST: "at most",
    c.Comparator.LESS_THAN: "less than",
    c.Comparator.EQUAL_TO: "equal to",
}
_OF_DATES = {
    c.Comparator.AT_LEAST: "on or after",
    c.Comparator.MORE_THAN: "after",
    c.Comparator.AT_MOST: "on or before",
    c.Comparator.LESS_THAN: "before",
    c.Comparator.EQUAL_TO: "on",
}


def in_words(criterion: c.Criterion) -> str:
    """The criterion in a few words; of what is below a combination, only how many there are."""
    match criterion:
        case c.AllOf():
            return f"all of {len(criterion.of)}"
        case c.AnyOf():
            return f"any of {len(criterion.of)}"
        case c.AtLeast():
            return f"at least {criterion.count} of {len(criterion.of)}"
        case c.Not():
            return f"not {in_words(criterion.of)}"
        case c.FactIs():
            return f"{criterion.fact} is {'true' if criterion.value else 'false'}"
        case c.FactOneOf():
            return f"{criterion.fact} is {' or '.join(criterion.values)}"
        case c.ScaleCompares():
            return f"{criterion.fact} {_COMPARISONS[criterion.comparator]} {criterion.value}"
        case c.QuantityCompares() | c.ElapsedCompares():
            return f"{criterion.fact} {_COMPARISONS[criterion.comparator]} {criterion.threshold}"
        case c.DateCompares():
            return f"{criterion.fact} {_OF_DATES[criterion.comparator]} {criterion.day}"
        case c.AgeCompares():
            return f"age {_COMPARISONS[criterion.comparator]} {criterion.years}"
        case c.SexIs():
            return f"sex is {criterion.sex}"
        case c.DiagnosisIn():
            return f"diagnosis in {criterion.codes}"
        case c.ProcedureIn():
            return f"procedure in {criterion.codes}"
        case c.ProductIn():
            return f"product in {', '.join(criterion.products)}"
        case c.ServiceStateIn():
            return f"service state in {', '.join(criterion.states)}"


def outline(criterion: c.Criterion, depth: int = 0) -> Iterator[tuple[int, str]]:
    """The whole tree, a line for each criterion with its depth; nothing for one that always holds."""
    children = c.children_of(criterion)
    if not children:
        if not isinstance(criterion, c.AllOf | c.AnyOf):
            yield depth, in_words(criterion)
        return
    match criterion:
        case c.AllOf():
            heading = "all of:"
        case c.AnyOf():
            heading = "any of:"
        case c.AtLeast():
            heading = f"at least {criterion.count} of:"
        case _:
            heading = "not:"
    yield depth, heading
    for child in children:
        yield from outline(child, depth + 1)
