"""What naming products may mean in two texts: kinds of products, and the sets of kinds that a request may name together.

A product matters where naming it may mean something else in the two texts, or is asked about. Any other product answers the same
facts in both, so that what is said of the facts holds of it, too; unless a code, or a product that matters, answers one of these
facts otherwise: then it depends on which of the two stands, and so that product matters as well. Products of one kind mean the
same in each text, so naming several of a kind is naming one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import NamedTuple

from medpolicy.model.facts import FactValue
from medpolicy.model.policy import Product
from medpolicy.model.products import product_key

MAXIMUM_KINDS = 4  # that are compared together; each further one doubles the work


@dataclass(frozen=True, slots=True)
class ProductsNamed:
    """At least one product of each of these kinds is named, and none of another kind. No kind: no product that matters."""

    kinds: tuple[tuple[str, ...], ...] = ()

    @property
    def example(self) -> tuple[str, ...]:
        return tuple(names[0] for names in self.kinds)


class ProductAxis(NamedTuple):
    """Every set of kinds, the empty one first; `not_together`: all products that matter, where only one at a time is compared."""

    named: tuple[ProductsNamed, ...]
    not_together: tuple[str, ...]


Listed = Mapping[str, Product]  # the products of a text's lists, by the key of each name
_Answers = tuple[Mapping[str, FactValue], Mapping[str, FactValue]]  # what a product answers in either text


def product_axis(
    listed: tuple[Listed, Listed],
    asked: Sequence[Iterable[str]],
    by_codes: Iterable[tuple[str, FactValue]],
    renamed: Mapping[str, str],
) -> ProductAxis:
    """The axis. `asked`: for each test on products, the keys of its names. `by_codes`: the facts that codes answer.

    `renamed`: the new text's name of a fact that only the name of changes; the facts of `by_codes` are under it.
    """
    said = frozenset(by_codes)
    tests = [frozenset(keys) for keys in asked]
    keys = list(dict.fromkeys([*listed[1], *listed[0], *(key for of_test in asked for key in of_test)]))
    answers = {key: _answers(key, listed, renamed) for key in keys}
    matter = {
        key
        for key in keys
        if answers[key][0] != answers[key][1]
        or any(key in of_test for of_test in tests)
        or any(_disagree(answer, said) for answer in answers[key])
    }
    left = [key for key in keys if key not in matter]
    while more := [key for key in left if any(_are_at_odds(answers[key], answers[other]) for other in matter)]:
        matter.update(more)
        left = [key for key in left if key not in matter]
    kinds: dict[Hashable, dict[str, None]] = {}
    for key in (key for key in keys if key in matter):
        kind = (*(frozenset(answer.items()) for answer in answers[key]), tuple(key in of_test for of_test in tests))
        kinds.setdefault(kind, {})[_name(key, listed)] = None
    groups = [tuple(names) for names in kinds.values()]
    most = len(groups) if len(groups) <= MAXIMUM_KINDS else 1
    named = tuple(ProductsNamed(chosen) for size in range(most + 1) for chosen in combinations(groups, size))
    return ProductAxis(named, () if most == len(groups) else tuple(name for names in groups for name in names))


def _answers(key: str, listed: tuple[Listed, Listed], renamed: Mapping[str, str]) -> _Answers:
    old, new = (text[key].implies if key in text else {} for text in listed)
    return {renamed.get(fact, fact): value for fact, value in old.items()}, new


def _disagree(answer: Mapping[str, FactValue], said: Iterable[tuple[str, FactValue]]) -> bool:
    return any(fact in answer and answer[fact] != value for fact, value in said)


def _are_at_odds(one: _Answers, other: _Answers) -> bool:
    return any(_disagree(ours, theirs.items()) for ours, theirs in zip(one, other, strict=True))


def _name(key: str, listed: tuple[Listed, Listed]) -> str:
    """The name as the list has it, the newer first; the key of an alias, or of a name in no list."""
    product = listed[1].get(key) or listed[0].get(key)
    return product.name if product is not None and product_key(product.name) == key else key
