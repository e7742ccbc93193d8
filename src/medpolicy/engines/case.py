"""What is known of one service: the request's facts, those that its products imply, those that its code implies.

DESIGN.md, "Asking" and "The request, as JSON": naming a listed product answers the facts that it implies, and the naming stands
against a stated fact; what is said of the whole request reaches every procedure where there is one, and only the codes
that the policy lists where there are several.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from medpolicy.library.in_force import PartInForce
from medpolicy.model.determination import Note, NoteCode
from medpolicy.model.facts import FactValue
from medpolicy.model.policy import ListedCode, Product
from medpolicy.model.products import product_key
from medpolicy.model.request import Request, RequestedService

SOURCE_REQUEST = "request"
SOURCE_CODE = "code"


class Case(NamedTuple):
    """One service of a request: the procedure (None: the request names none), and whether it is the only one."""

    request: Request
    service: RequestedService | None
    alone: bool

    @property
    def code(self) -> str | None:
        return None if self.service is None else self.service.code

    @property
    def day(self) -> date:
        return self.request.service_date

    def products(self, *, listed: bool) -> tuple[str, ...] | None:
        """The names of the products that reach the service; None where nothing was told of them."""
        own = None if self.service is None else self.service.products
        whole = self.request.products if self.alone or listed else None
        if own is None and whole is None:
            return None
        return (*(whole or ()), *(own or ()))


@dataclass(frozen=True, slots=True)
class Known:
    """What is known, by subject; who said it; and the same without what product lists imply."""

    values: Mapping[str, object]
    sources: Mapping[str, str]
    without_products: Mapping[str, object]
    products: tuple[Product, ...]  # the policy's products that were named
    notes: tuple[Note, ...]


def cases(request: Request) -> tuple[Case, ...]:
    """One for each procedure, in order; one without a procedure where the request names none."""
    if not request.procedures:
        return (Case(request, None, alone=True),)
    alone = len(request.procedures) == 1
    return tuple(Case(request, service, alone) for service in request.procedures)


def known_of(case: Case, *, products: PartInForce, entry: ListedCode | None, listed: bool) -> Known:
    """What the policy may take as known; `entry` is the code's listing where one is on file and implies facts."""
    notes: list[Note] = []
    stated: dict[str, object] = dict(case.request.facts) if case.alone or listed else {}
    if case.service is not None:
        for fact, value in case.service.facts.items():
            if stated.get(fact, value) != value:
                notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
            stated[fact] = value
    names = case.products(listed=listed)
    by_code: Mapping[str, FactValue] = {} if entry is None else entry.implies

    values = {**stated}
    without_products = {**stated}
    said_by = dict.fromkeys(stated, SOURCE_REQUEST)
    for fact, value in by_code.items():
        if stated.get(fact, value) != value:
            notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
        if stated.get(fact) != value:
            said_by[fact] = SOURCE_CODE
        values[fact] = without_products[fact] = value
    named, implied, sources = _implied_by_products(names or (), products, notes)
    for fact, value in implied.items():
        if values.get(fact, value) != value:
            notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
            if fact in by_code:  # the code's own meaning and a product disagree
                if value is False:
                    continue
                if value is not True:
                    del values[fact], said_by[fact]  # neither is picked silently: it is asked
                    continue
        if values.get(fact) != value:
            said_by[fact] = sources[fact]
        values[fact] = value
    others = _of_the_request(case, names)
    return Known(
        values={**values, **others},
        sources=said_by,
        without_products={**without_products, **others},
        products=named,
        notes=tuple(dict.fromkeys(notes)),
    )


def _of_the_request(case: Case, names: tuple[str, ...] | None) -> dict[str, object]:
    request = case.request
    told: dict[str, object | None] = {
        "age": request.member.age,
        "sex": request.member.sex,
        "diagnoses": request.diagnoses,
        "procedure": case.code,
        "products": None if names is None else tuple(product_key(name) for name in names),
        "service_state": request.service_state,
    }
    return {subject: value for subject, value in told.items() if value is not None}


def _implied_by_products(
    names: tuple[str, ...], products: PartInForce, notes: list[Note]
) -> tuple[tuple[Product, ...], dict[str, FactValue], dict[str, str]]:
    """The policy's products among the names, the facts that they imply, and which product implies each.

    One listed among several decides, so of a boolean `true` stands; other values that disagree leave the fact untold.
    """
    named: list[Product] = []
    implied: dict[str, FactValue] = {}
    sources: dict[str, str] = {}
    disputed: set[str] = set()
    for product in _listed(names, products):
        if not products.on_file:
            notes.append(Note(NoteCode.PRODUCTS_NOT_ON_FILE, product.name))
            continue
        named.append(product)
        for fact, value in product.implies.items():
            if fact in implied and implied[fact] != value:
                notes.append(Note(NoteCode.CONFLICTING_FACTS, fact))
                if not isinstance(value, bool):
                    disputed.add(fact)
                if value is not True:
                    continue
            if implied.get(fact) != value:
                implied[fact], sources[fact] = value, product.name
    for fact in disputed:
        del implied[fact]
    return tuple(named), implied, sources


def _listed(names: tuple[str, ...], products: PartInForce) -> list[Product]:
    if products.version is None or not names:
        return []
    by_key = {
        product_key(name): product
        for products_of in products.version.product_lists
        for product in products_of.products
        for name in (product.name, *product.aliases)
    }
    found = (by_key.get(product_key(name)) for name in names)
    return list({product.name: product for product in found if product is not None}.values())
