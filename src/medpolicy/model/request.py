"""A request: what is asked about, on which day, for which line of business."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from medpolicy.model.facts import Facts
from medpolicy.model.issuer import Setting


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestedService:
    """One procedure code, normalized, with what is said of it alone. `products` None: not told; (): none."""

    code: str
    modifiers: tuple[str, ...] = ()
    products: tuple[str, ...] | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """What is told of the member; None: not told. Sex by FHIR's AdministrativeGender, state by USPS code."""

    age: int | None = None
    sex: str | None = None
    state: str | None = None


NO_MEMBER = Member()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request that was read and checked. `diagnoses` and `products` None: not told; (): none."""

    issuer: str
    service_date: date
    line_of_business: str
    id: str | None = None
    setting: Setting | None = None
    procedures: tuple[RequestedService, ...] = ()
    diagnoses: tuple[str, ...] | None = None
    products: tuple[str, ...] | None = None
    facts: Facts = field(default_factory=dict)
    member: Member = NO_MEMBER
    service_state: str | None = None
