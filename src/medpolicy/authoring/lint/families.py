"""What is proved of many provisions in one way, as few findings: families of pairs that apply together, gaps of one service.

A family is two groups of provisions of which each of the one applies together with each of the other. It is what a person has to
settle: one thing that the file does not tell apart, instead of a finding for every pair.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Example, Finding, FindingKind, Place
from medpolicy.model import criteria as c
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.policy import Provision

_NAMED = 3  # provisions of a group that a message names


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A provision with the stance that it takes; `place` is where it stands."""

    provision: Provision
    stance: Stance
    coverage: Coverage
    place: Place

    @property
    def id(self) -> str:
        return self.provision.id


@dataclass(frozen=True, slots=True)
class Pair:
    """Two provisions that apply together with different stances, in the document's order; the request shows it."""

    sides: tuple[Side, Side]
    request: Mapping[str, Any]

    @property
    def is_conflict(self) -> bool:
        return self.sides[0].coverage is not self.sides[1].coverage

    @property
    def has_common_question(self) -> bool:
        one, other = (_subjects(side.provision) for side in self.sides)
        return bool(one & other)

    def says(self, side: Side) -> str:
        """What tells the two groups of a family apart."""
        return side.coverage.value if self.is_conflict else side.stance.value


def families(pairs: Sequence[Pair]) -> Iterator[Finding]:
    """One finding for each family; every pair is in just one."""
    groups: dict[tuple[str, str], list[Pair]] = {}
    for pair in pairs:
        first, second = sorted(pair.says(side) for side in pair.sides)
        groups.setdefault((first, second), []).append(pair)
    for (first, _), members in groups.items():
        edges = {_ends(pair, first): pair for pair in members}
        while edges:
            family = _widest(edges)
            yield _finding([edges.pop(edge) for edge in list(edges) if edge in family])


def _ends(pair: Pair, first: str) -> tuple[str, str]:
    one, other = pair.sides
    return (one.id, other.id) if pair.says(one) == first else (other.id, one.id)


def _widest(edges: Mapping[tuple[str, str], Pair]) -> frozenset[tuple[str, str]]:
    """The most pairs such that each of some provisions stands with each of some others; the first of equals."""
    best: frozenset[tuple[str, str]] = frozenset()
    for end in (0, 1):
        met: dict[str, dict[str, None]] = {}
        for edge in edges:
            met.setdefault(edge[end], {})[edge[1 - end]] = None
        for others in met.values():
            alike = [name for name, its_others in met.items() if others.keys() <= its_others.keys()]
            if len(alike) * len(others) > len(best):
                best = frozenset((name, other) if end == 0 else (other, name) for name in alike for other in others)
    return best


def _finding(pairs: Sequence[Pair]) -> Finding:
    kind = f.PROVISIONS_CONFLICT if pairs[0].is_conflict else f.STANCES_DIFFER
    apart = sum(not pair.has_common_question for pair in pairs)
    if len(pairs) == 1:
        message = " and ".join(f"{side.id} ({side.stance.value})" for side in pairs[0].sides)
        message += f" apply together{_agreement(kind)}."
        common = " They have no question in common, so nothing keeps a service from being both." if apart else ""
    else:
        message = (
            f"{_group(pairs, 0)} and {_group(pairs, 1)} apply together, each with each{_agreement(kind)}: {len(pairs)} pairs."
        )
        which = "The two of a pair" if apart == len(pairs) else f"In {apart} of them the two"
        common = f" {which} have no question in common, so nothing keeps a service from being both." if apart else ""
    places = dict.fromkeys(side.place for pair in pairs for side in pair.sides)
    examples = tuple(Example((pair.sides[0].id, pair.sides[1].id), pair.request) for pair in pairs)
    return Finding(
        kind=kind,
        message=message + common,
        places=tuple(places),
        request=pairs[0].request,
        examples=examples[len(examples) == 1 :],
    )


def _agreement(kind: FindingKind) -> str:
    return ", and disagree on coverage" if kind is f.PROVISIONS_CONFLICT else "; on coverage they agree"


def _group(pairs: Sequence[Pair], end: int) -> str:
    """The provisions of one half of a family, and their stances."""
    first = min(pairs[0].says(side) for side in pairs[0].sides)
    sides = [side for pair in pairs for side in pair.sides if (pair.says(side) == first) is (end == 0)]
    names = list(dict.fromkeys(side.id for side in sides))
    stances = " or ".join(dict.fromkeys(side.stance.value for side in sides))
    if len(names) == 1:
        return f"{names[0]} ({stances})"
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"{len(names)} provisions ({stances}: {', '.join(names[:_NAMED])}{more})"


def _subjects(provision: Provision) -> frozenset[str]:
    """What the provision asks; its codes are a question about the procedure."""
    asked = {c.subject_of(test) for tree in (provision.when, provision.criteria) for test in c.tests_in(tree)}
    return frozenset(asked | ({"procedure"} if provision.procedures is not None else set()))


def gaps_of_services(gaps: Sequence[Finding]) -> Iterator[Finding]:
    """The gaps, those that one request shows as one."""
    by_request: dict[str, list[Finding]] = {}
    for gap in gaps:
        by_request.setdefault(json.dumps(gap.request, sort_keys=True), []).append(gap)
    for same in by_request.values():
        if len(same) == 1:
            yield same[0]
            continue
        places = tuple(dict.fromkeys(place for gap in same for place in gap.places))
        names = [place.path.removeprefix("provisions[").removesuffix("]") for place in places]
        message = f"{', '.join(names[:-1])} and {names[-1]} speak to this service, and the criteria of none of them are met; "
        yield Finding(kind=f.GAP, message=f"{message}nothing says what holds then.", places=places, request=same[0].request)
