"""The Tuva Project's input layer, as far as screening knows it: `medical_claim` (a row for a claim line) and `eligibility`
(a row for a span of enrollment), each as its columns in order with their kinds.

The names are those of the input layer's data dictionary, so that claims which a plan has mapped once serve here, too.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Final


class ColumnKind(Enum):
    """What a column holds; the value is the SQL type that is written for it."""

    TEXT = "VARCHAR"
    WHOLE = "INTEGER"
    DATE = "DATE"
    AMOUNT = "DECIMAL(18, 2)"


DIAGNOSES: Final = tuple(f"diagnosis_code_{at}" for at in range(1, 26))
MODIFIERS: Final = tuple(f"hcpcs_modifier_{at}" for at in range(1, 6))


def _columns(text: str = "", *, whole: str = "", dates: str = "", amounts: str = "") -> dict[str, ColumnKind]:
    kinds = (
        (text, ColumnKind.TEXT),
        (whole, ColumnKind.WHOLE),
        (dates, ColumnKind.DATE),
        (amounts, ColumnKind.AMOUNT),
    )
    return {name: kind for names, kind in kinds for name in names.split()}


MEDICAL_CLAIM: Final[Mapping[str, ColumnKind]] = {
    **_columns("claim_id"),
    **_columns(whole="claim_line_number"),
    **_columns("claim_type person_id member_id payer plan"),
    **_columns(dates="claim_start_date claim_end_date claim_line_start_date claim_line_end_date admission_date discharge_date"),
    **_columns("admit_source_code admit_type_code discharge_disposition_code place_of_service_code bill_type_code"),
    **_columns("drg_code_type drg_code revenue_center_code"),
    **_columns(whole="service_unit_quantity"),
    **_columns("hcpcs_code " + " ".join(MODIFIERS)),
    **_columns("rendering_npi rendering_tin billing_npi billing_tin facility_npi"),
    **_columns(dates="paid_date"),
    **_columns(amounts="paid_amount allowed_amount charge_amount"),
    **_columns(amounts="coinsurance_amount copayment_amount deductible_amount total_cost_amount"),
    **_columns("diagnosis_code_type " + " ".join(DIAGNOSES)),
    **_columns(" ".join(f"diagnosis_poa_{at}" for at in range(1, 26))),
    **_columns("procedure_code_type " + " ".join(f"procedure_code_{at}" for at in range(1, 26))),
    **_columns(dates=" ".join(f"procedure_date_{at}" for at in range(1, 26))),
    **_columns(whole="in_network_flag"),
    **_columns("data_source file_name"),
    **_columns(dates="file_date"),
    **_columns("ingest_datetime"),
}
ELIGIBILITY: Final[Mapping[str, ColumnKind]] = {
    **_columns("person_id member_id subscriber_id gender race"),
    **_columns(dates="birth_date death_date"),
    **_columns(whole="death_flag"),
    **_columns(dates="enrollment_start_date enrollment_end_date"),
    **_columns("payer payer_type plan original_reason_entitlement_code dual_status_code medicare_status_code"),
    **_columns("group_id group_name first_name last_name social_security_number subscriber_relation"),
    **_columns("address city state zip_code phone data_source file_name"),
    **_columns(dates="file_date"),
    **_columns("ingest_datetime"),
}
# What the layout has not, and a claim may say of its patient all the same, as 837 does. It stands before what eligibility
# says, which may be of the subscriber.
_PATIENT: Final = {**_columns("patient_gender patient_state"), **_columns(dates="patient_birth_date")}
PATIENT: Final = tuple(_PATIENT)
TABLES: Final[Mapping[str, Mapping[str, ColumnKind]]] = {
    "medical_claim": {**MEDICAL_CLAIM, **_PATIENT},
    "eligibility": ELIGIBILITY,
}

# In files that we make of others (of CSV, of X12): the file that a row comes from, and where in it the row stands, from 1.
SOURCE_FILE: Final = "medpolicy_file"
SOURCE_ROW: Final = "medpolicy_row"
# The column in which DuckDB is told to put the path that it reads; a plan's own may be named `filename`, as it is otherwise.
READ_FROM: Final = "medpolicy_read_from"
