"""Who publishes policies, for which lines of business, and what its stances mean for coverage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from medpolicy.errors import InvalidModel
from medpolicy.model.coded import CodedEnum


class Coverage(CodedEnum):
    """Whether the service is covered. The first four are the CRD guide's words; DESIGN.md, "The axes of an answer"."""

    COVERED = "covered"
    NOT_COVERED = "not-covered"
    CONDITIONAL = "conditional"
    INDETERMINATE = "indeterminate"
    NOT_ADDRESSED = "not-addressed"


class Stance(CodedEnum):
    """What a policy considers the service."""

    MEDICALLY_NECESSARY = "medically-necessary"
    NOT_MEDICALLY_NECESSARY = "not-medically-necessary"
    INVESTIGATIONAL = "investigational"
    COSMETIC = "cosmetic"
    DELEGATED = "delegated"


class Program(CodedEnum):
    """The programme that a line of business belongs to; it settles the order of precedence."""

    COMMERCIAL = "commercial"
    MEDICARE_ADVANTAGE = "medicare-advantage"
    MEDICAID = "medicaid"
    FEDERAL_EMPLOYEE = "federal-employee"
    STATE_ACCOUNT = "state-account"


class Setting(CodedEnum):
    """Where the service is given, as authorization rules tell it apart."""

    INPATIENT = "inpatient"
    OUTPATIENT = "outpatient"


class ListingRole(CodedEnum):
    """What the listing of a code does: it decides alone, or only together with a provision."""

    ALONE = "alone"
    WITH_PROVISIONS = "with-provisions"


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOfBusiness:
    """A product line of an issuer, by an id that requests use."""

    id: str
    name: str
    program: Program


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimAdjustment:
    """The CARC (and RARC) with which a claim is answered for a stance, or for an absent authorization (`stance` None)."""

    stance: Stance | None
    carc: str
    rarc: str | None = None
    lines_of_business: tuple[str, ...] = ()  # none: all of the issuer's


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """A health plan and its defaults. Places of service and bill types are those that mean inpatient."""

    id: str
    name: str
    lines_of_business: tuple[LineOfBusiness, ...]
    coverage_by_stance: Mapping[Stance, Coverage]
    code_listings: ListingRole = ListingRole.WITH_PROVISIONS
    claim_adjustments: tuple[ClaimAdjustment, ...] = ()
    inpatient_places_of_service: tuple[str, ...] = ("21", "51", "61")
    inpatient_types_of_bill: tuple[str, ...] = ("11x",)
    guidelines: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for stance in Stance:
            coverage = self.coverage_by_stance.get(stance)
            if stance is Stance.DELEGATED:
                if coverage not in (None, Coverage.CONDITIONAL):
                    raise InvalidModel("a delegated stance is always conditional")
            elif coverage not in (Coverage.COVERED, Coverage.NOT_COVERED):
                raise InvalidModel(f"the stance {stance.value} must mean covered or not-covered")

    def coverage_of(self, stance: Stance) -> Coverage:
        """What the stance means for coverage; delegated is conditional, because someone else's criteria decide."""
        return Coverage.CONDITIONAL if stance is Stance.DELEGATED else self.coverage_by_stance[stance]

    def line(self, line_id: str) -> LineOfBusiness | None:
        return next((line for line in self.lines_of_business if line.id == line_id), None)

    def setting_of(self, *, place_of_service: str | None = None, type_of_bill: str | None = None) -> Setting | None:
        """The setting that a claim's codes tell; None where it gives neither. The bill type, where given, decides.

        A type of bill is matched on its first two digits after leading zeros (`0111` is `11x`). Observation is billed
        as 13x or with place of service 22, so it is outpatient.
        """
        if type_of_bill:
            bill = type_of_bill.strip().lstrip("0")
            inpatient = any(bill[: len(form.rstrip("x"))] == form.rstrip("x") for form in self.inpatient_types_of_bill)
            return Setting.INPATIENT if inpatient else Setting.OUTPATIENT
        if place_of_service:
            inpatient = place_of_service.strip() in self.inpatient_places_of_service
            return Setting.INPATIENT if inpatient else Setting.OUTPATIENT
        return None
