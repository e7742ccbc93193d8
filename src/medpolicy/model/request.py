"""A request: what is asked about, on which day, for which line of business.

These are named tuples and not frozen dataclasses, as are a determination's values: they are made anew for every request, and
making a frozen dataclass takes four times as long (docs/decisions/0007-named-tuples.md).
"""

from __future__ import annotations

from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from medpolicy.model.facts import Facts
from medpolicy.model.issuer import Setting

NO_FACTS: Facts = MappingProxyType({})


class RequestedService(NamedTuple):
    """One procedure code, normalized, with what is said of it alone. `products` None: not told; (): none."""

    code: str
    modifiers: tuple[str, ...] = ()
    products: tuple[str, ...] | None = None
    facts: Facts = NO_FACTS


class Member(NamedTuple):
    """What is told of the member; None: not told. Sex by FHIR's AdministrativeGender, state by USPS code."""

    age: int | None = None
    sex: str | None = None
    state: str | None = None


NO_MEMBER = Member()


class Request(NamedTuple):
    """A request that was read and checked. `diagnoses` and `products` None: not told; (): none."""

    issuer: str
    service_date: date
    line_of_business: str
    id: str | None = None
    setting: Setting | None = None
    procedures: tuple[RequestedService, ...] = ()
    diagnoses: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = None
    facts: Facts = NO_FACTS
    member: Member = NO_MEMBER
    service_state: str | None = None
