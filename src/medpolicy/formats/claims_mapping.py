"""The file in which a plan says how its claims are named: its own columns, and its codes of lines of business.

columns: {hcpcs_code: PROC_CD, person_id: MBR_KEY}     # of medical_claim: the layout's name, then the plan's own
eligibility_columns: {person_id: MEMBER_KEY}           # of eligibility
lines_of_business: {HMO01: commercial-hmo-pos}         # what stands in the column `plan`, then the line of business
issuer: bcbsma                                         # where it is the same for all lines
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from medpolicy.errors import ClaimsError
from medpolicy.formats.claims_layout import TABLES
from medpolicy.formats.yaml_tree import YamlTree, read_yaml

_COLUMNS_OF: Final = {"columns": "medical_claim", "eligibility_columns": "eligibility"}
_KEYS: Final = (*_COLUMNS_OF, "lines_of_business", "issuer")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsMapping:
    """`columns`: by table, the layout's name of a column and the plan's. `lines_of_business`: the plan's code and ours."""

    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    lines_of_business: Mapping[str, str] = field(default_factory=dict)
    issuer: str | None = None


NO_MAPPING: Final = ClaimsMapping()


def read_claims_mapping(file: Path) -> ClaimsMapping:
    """Read a mapping file; `ClaimsError` with every fault, each with its place and what to do."""
    try:
        data = file.read_bytes()
    except OSError as error:
        raise ClaimsError(f"{file}: cannot be read: {error.strerror}") from None
    tree = read_yaml(data, str(file))
    mapping = _mapping(tree) if not tree.faults else NO_MAPPING
    if tree.faults:
        raise ClaimsError("\n".join(str(fault) for fault in tree.faults))
    return mapping


def _mapping(tree: YamlTree) -> ClaimsMapping:
    value = tree.value
    if not isinstance(value, dict):
        tree.fault("form", (), f"write a mapping with some of the keys {', '.join(_KEYS)}")
        return NO_MAPPING
    for key in value:
        if key not in _KEYS:
            tree.fault("unknown-key", (key,), f"no such key; known are {', '.join(_KEYS)}")
    issuer = value.get("issuer")
    if issuer is not None and not isinstance(issuer, str):
        tree.fault("form", ("issuer",), "write the id of an issuer")
    return ClaimsMapping(
        columns={table: _columns(tree, key, table) for key, table in _COLUMNS_OF.items()},
        lines_of_business=_texts(tree, "lines_of_business"),
        issuer=issuer if isinstance(issuer, str) else None,
    )


def _columns(tree: YamlTree, key: str, table: str) -> dict[str, str]:
    found = _texts(tree, key)
    standing_for: dict[str, str] = {}
    for name, own in found.items():
        if name not in TABLES[table]:
            tree.fault("unknown-key", (key, name), f"{table} has no such column; docs/how-to/claims-layout.md lists those it has")
        other = standing_for.setdefault(own.casefold(), name)
        if other != name:
            tree.fault("doubled", (key, name), f"the column {own!r} already stands for {other}; keep one of the two")
    return found


def _texts(tree: YamlTree, key: str) -> dict[str, str]:
    assert isinstance(tree.value, dict)
    value = tree.value.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        tree.fault("form", (key,), "write a mapping of names, such as {hcpcs_code: PROC_CD}")
        return {}
    for name, own in value.items():
        if not isinstance(own, str) or not own.strip():
            tree.fault("form", (key, name), "write a name")
    return {name.strip(): own.strip() for name, own in value.items() if isinstance(own, str) and own.strip()}
