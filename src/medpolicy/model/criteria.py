"""Criteria: a tree of all, any, at-least-n and not over tests.

Each node is a few typed fields; what it means is said by the engines, which fail loudly on a node that they do not know.
A test asks one thing about one subject: a fact of the policy, or a part of the request such as `age` or `diagnoses`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from medpolicy.errors import InvalidModel
from medpolicy.model.citation import Citation
from medpolicy.model.coded import CodedEnum
from medpolicy.model.codes import CodeSet
from medpolicy.model.period import Duration
from medpolicy.model.quantity import Quantity


class Comparator(CodedEnum):
    """How a value is compared with a threshold. Of dates, `at-least` is "on or after" and `at-most` "on or before"."""

    AT_LEAST = "at-least"
    MORE_THAN = "more-than"
    AT_MOST = "at-most"
    LESS_THAN = "less-than"
    EQUAL_TO = "equal-to"

    def holds(self, order: int) -> bool:
        """Whether it holds of a value that is below (-1), equal to (0) or above (1) the threshold."""
        return order in _HOLDS[self]


_HOLDS = {
    Comparator.AT_LEAST: (0, 1),
    Comparator.MORE_THAN: (1,),
    Comparator.AT_MOST: (-1, 0),
    Comparator.LESS_THAN: (-1,),
    Comparator.EQUAL_TO: (0,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FactIs:
    """A boolean fact has this value."""

    fact: str
    value: bool
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactOneOf:
    """A choice is one of these."""

    fact: str
    values: tuple[str, ...]
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleCompares:
    """A choice stands so on its scale, which goes from the least to the greatest."""

    fact: str
    comparator: Comparator
    value: str
    scale: tuple[str, ...]
    citation: Citation | None = None

    def __post_init__(self) -> None:
        if self.value not in self.scale:
            raise InvalidModel(f"{self.value!r} does not stand on the scale {', '.join(self.scale)}")


@dataclass(frozen=True, slots=True, kw_only=True)
class QuantityCompares:
    """A number compares so with a threshold of the same dimension."""

    fact: str
    comparator: Comparator
    threshold: Quantity
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DateCompares:
    """A date compares so with a fixed day."""

    fact: str
    comparator: Comparator
    day: date
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ElapsedCompares:
    """A duration, or the time from a date to the service date, compares so with a duration."""

    fact: str
    comparator: Comparator
    threshold: Duration
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeCompares:
    """The member's age on the service date, in completed years, compares so."""

    comparator: Comparator
    years: int
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SexIs:
    """The member's sex, by the codes of FHIR's AdministrativeGender: `female`, `male`, `other`."""

    sex: str
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagnosisIn:
    """At least one diagnosis is in the set."""

    codes: CodeSet
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureIn:
    """The procedure code is in the set."""

    codes: CodeSet
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductIn:
    """At least one product is one of these, by `product_key`."""

    products: tuple[str, ...]
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceStateIn:
    """The service is given in one of these states, by USPS code; the jurisdiction of an LCD is such a test."""

    states: tuple[str, ...]
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllOf:
    """Each of these; of none it is met."""

    of: tuple[Criterion, ...]
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AnyOf:
    """One or more of these; of none it is not met."""

    of: tuple[Criterion, ...]
    citation: Citation | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtLeast:
    """At least `count` of these."""

    count: int
    of: tuple[Criterion, ...]
    citation: Citation | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= len(self.of):
            raise InvalidModel(f"at least {self.count} of {len(self.of)} criteria can never be asked for")


@dataclass(frozen=True, slots=True, kw_only=True)
class Not:
    """This one is not met."""

    of: Criterion
    citation: Citation | None = None


FactTest = FactIs | FactOneOf | ScaleCompares | QuantityCompares | DateCompares | ElapsedCompares
Test = FactTest | AgeCompares | SexIs | DiagnosisIn | ProcedureIn | ProductIn | ServiceStateIn
Criterion = Test | AllOf | AnyOf | AtLeast | Not

FACT_TESTS = (FactIs, FactOneOf, ScaleCompares, QuantityCompares, DateCompares, ElapsedCompares)
ALWAYS = AllOf(of=())


def subject_of(test: Test) -> str:
    """What the test asks about: a fact's id, or one of `facts.RESERVED_SUBJECTS`."""
    match test:
        case AgeCompares():
            return "age"
        case SexIs():
            return "sex"
        case DiagnosisIn():
            return "diagnoses"
        case ProcedureIn():
            return "procedure"
        case ProductIn():
            return "products"
        case ServiceStateIn():
            return "service_state"
        case _:
            return test.fact


def children_of(criterion: Criterion) -> tuple[Criterion, ...]:
    """The criteria directly below; none below a test."""
    match criterion:
        case AllOf() | AnyOf() | AtLeast():
            return criterion.of
        case Not():
            return (criterion.of,)
        case _:
            return ()


def walk(criterion: Criterion) -> Iterator[Criterion]:
    """The criterion and everything below it, in the document's order."""
    yield criterion
    for child in children_of(criterion):
        yield from walk(child)


def tests_in(criterion: Criterion) -> Iterator[Test]:
    """The tests of a tree, in the document's order."""
    for node in walk(criterion):
        if not isinstance(node, AllOf | AnyOf | AtLeast | Not):
            yield node
