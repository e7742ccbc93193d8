"""Facts: what may be asked of a request or known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from medpolicy.errors import InvalidModel
from medpolicy.model.citation import Citation
from medpolicy.model.coded import CodedEnum
from medpolicy.model.period import Duration, DurationUnit
from medpolicy.model.quantity import UNITS, Quantity


class FactType(CodedEnum):
    """The kinds of answer that a question may have."""

    BOOLEAN = "boolean"
    CHOICE = "choice"
    NUMBER = "number"
    DATE = "date"
    DURATION = "duration"


@dataclass(frozen=True, slots=True)
class Since:
    """A duration told by the day on which it began; it has lasted until the service date."""

    start: date


FactValue = bool | str | Quantity | date | Duration | Since
Facts = Mapping[str, FactValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One answer of a choice, and what it stands for."""

    value: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactDefinition:
    """A question that a policy asks. `unit` is the one to ask in; `choices` in the document's order, a scale if `ordered`."""

    id: str
    type: FactType
    ask: str
    citation: Citation
    unit: str | None = None
    choices: tuple[Choice, ...] = ()
    ordered: bool = False

    def __post_init__(self) -> None:
        if self.id in RESERVED_SUBJECTS:
            raise InvalidModel(f"{self.id!r} is a part of the request and cannot name a fact")
        if (self.type is FactType.CHOICE) != bool(self.choices):
            raise InvalidModel(f"fact {self.id!r}: a choice needs choices, and nothing else has them")
        if len({choice.value for choice in self.choices}) != len(self.choices):
            raise InvalidModel(f"fact {self.id!r}: a choice stands twice")
        if self.type is FactType.NUMBER:
            if self.unit not in UNITS:
                raise InvalidModel(f"fact {self.id!r}: {self.unit!r} is no known unit")
        elif self.type is FactType.DURATION:
            if self.unit not in {unit.value for unit in DurationUnit}:
                raise InvalidModel(f"fact {self.id!r}: a duration is asked in days, weeks, months or years")
        elif self.unit is not None:
            raise InvalidModel(f"fact {self.id!r}: a {self.type.value} has no unit")

    @property
    def scale(self) -> tuple[str, ...]:
        return tuple(choice.value for choice in self.choices)


# What a criterion may test besides a policy's facts; their questions are the same for every policy.
RESERVED_SUBJECTS: dict[str, tuple[str, str]] = {
    "setting": ("choice", "Is the service given inpatient or outpatient?"),
    "age": ("number", "How old is the member on the service date, in completed years?"),
    "sex": ("choice", "What is the member's sex?"),
    "diagnoses": ("codes", "Which ICD-10-CM diagnoses does the service treat?"),
    "procedure": ("codes", "Which procedure code is requested?"),
    "products": ("products", "Which products are used?"),
    "service_state": ("choice", "In which state is the service given?"),
}
