"""Which products matter to a comparison, which mean the same, and which sets of them are looked at together."""

from __future__ import annotations

from collections.abc import Mapping

from medpolicy.authoring.diff.product_axis import MAXIMUM_KINDS, Listed, ProductAxis, ProductsNamed, product_axis
from medpolicy.model.citation import Citation
from medpolicy.model.facts import FactValue
from medpolicy.model.policy import Product
from medpolicy.model.products import product_key
from medpolicy.review.difference import _products
from medpolicy.review.difference_text import scope_text

CITED = Citation(section="S", first_line=1, last_line=1, sha256="0" * 64, rendition="0" * 64)
YES: Mapping[str, FactValue] = {"blue": True}
SAME: Mapping[str, FactValue] = {"big": True}


def listing(**products: Mapping[str, FactValue]) -> Listed:
    return {
        product_key(name): Product(name=name, manufacturer="M", citation=CITED, implies=implies)
        for name, implies in products.items()
    }


def axis(old: Listed, new: Listed, *asked: list[str], codes: list[tuple[str, FactValue]] | None = None) -> ProductAxis:
    return product_axis((old, new), asked, codes or [], {})


def sets(found: ProductAxis) -> list[tuple[tuple[str, ...], ...]]:
    return [one.kinds for one in found.named]


def test_products_that_mean_the_same_are_one_kind() -> None:
    found = axis(listing(Old=SAME), listing(Old=SAME, One=YES, Two=YES))
    assert sets(found) == [(), (("One", "Two"),)]
    assert found.named[1].example == ("One",)
    assert not found.not_together


def test_products_that_mean_different_things_are_looked_at_together() -> None:
    found = axis(listing(Gone=YES), listing(Come=YES))
    assert sets(found) == [(), (("Come",),), (("Gone",),), (("Come",), ("Gone",))]


def test_a_product_that_is_asked_about_or_that_a_code_gainsays_matters() -> None:
    both = listing(One=SAME, Two=SAME)
    assert sets(axis(both, both, ["one"])) == [(), (("One",),)]
    assert sets(axis(both, both, ["other"])) == [(), (("other",),)]
    assert sets(axis(both, both, codes=[("big", False)])) == [(), (("One", "Two"),)]
    assert sets(axis(both, both, codes=[("big", True)])) == [()]


def test_a_product_that_gainsays_one_that_matters_matters_and_so_on() -> None:
    old = listing(Third={"big": False}, Second={"blue": True, "big": True}, Apart={"small": True})
    new = {**old, **listing(First={"blue": False})}
    assert {name for kinds in sets(axis(old, new)) for kind in kinds for name in kind} == {"First", "Second", "Third"}
    agreeing = {**old, **listing(First={"blue": True})}
    assert {name for kinds in sets(axis(old, agreeing)) for kind in kinds for name in kind} == {"First"}


def test_facts_that_are_renamed_are_the_same() -> None:
    found = product_axis((listing(One={"azure": True}), listing(One=YES)), [], [], {"azure": "blue"})
    assert sets(found) == [()]


def test_more_kinds_than_can_be_looked_at_together_are_said() -> None:
    old = listing(**{f"P{at}": {f"fact{at}": True} for at in range(MAXIMUM_KINDS + 1)})
    found = axis(old, {})
    assert len(found.named) == MAXIMUM_KINDS + 2  # each alone, and none
    assert found.not_together == tuple(product.name for product in old.values())
    fewer = dict(list(old.items())[1:])
    assert len(axis(fewer, {}).named) == 2**MAXIMUM_KINDS
    assert not axis(fewer, {}).not_together


def test_a_product_that_will_do_is_told_from_one_that_has_to_be_the_only_one() -> None:
    one, two, three = ("One", "Uno"), ("Two",), ("Three",)
    known = [
        ProductsNamed(kinds)
        for kinds in ((), (one,), (two,), (three,), (one, two), (one, three), (two, three), (one, two, three))
    ]
    named = [known[at] for at in (1, 4, 5, 7, 2)]
    said = _products(named, known)
    assert said == {"products": ["One", "Uno"], "only_products": [[["Two"]]]}
    scope = {"every_code": True, "lines_of_business": ["commercial"], "every_line": True, "settings": ["inpatient", "outpatient"]}
    text = scope_text({**scope, **said, "without_product": False})
    assert text == "Any code, or none; commercial; with one of One, Uno, or only Two named"
    together = scope_text({**scope, **_products([known[6]], known), "without_product": False})
    assert together.endswith("with only Two together with Three named")
    assert scope_text({**scope, **_products([known[0]], known), "without_product": True}).endswith("no such product named")
