"""What stands in the column `plan`, and for which issuer's line of business."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from medpolicy.errors import ClaimsError
from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.library.library import Library
from medpolicy.review.claims.sql import listed


class EnrolledPlan(NamedTuple):
    """A plan's code of a payer and what it stands for; `payer` is empty where the payer is no issuer. `fault`: why it stands for
    nothing."""

    payer: str
    plan: str
    issuer: str | None
    line_of_business: str | None
    fault: str | None


def payer_key(payer: str, library: Library, mapping: ClaimsMapping) -> str:
    """SQL for `EnrolledPlan.payer` from the column `payer`."""
    if mapping.issuer is not None:
        return "''"
    return f"CASE WHEN {payer} IN {listed(tuple(library.issuers))} THEN {payer} ELSE '' END"


def enrolled_plans(library: Library, mapping: ClaimsMapping) -> list[EnrolledPlan]:
    """Every code that is known: those of the mapping, and the lines of business by their ids. `ClaimsError` where the mapping
    names an issuer or a line of business that there is not.
    """
    if mapping.issuer is not None and mapping.issuer not in library.issuers:
        raise ClaimsError(f"the mapping names the issuer {mapping.issuer!r}; in the library are {', '.join(library.issuers)}")
    own = {line: line for line in library.lines if mapping.issuer in (None, *library.lines[line])}
    for code, line in mapping.lines_of_business.items():
        if line not in own:
            whose = "" if mapping.issuer is None else f" of {mapping.issuer}"
            raise ClaimsError(
                f"the mapping takes {code!r} for the line of business {line!r}; declared{whose} are {', '.join(own)}"
            )
    codes = {**own, **mapping.lines_of_business}
    return [plan for code, line in codes.items() for plan in _of_each_payer(code, line, library, mapping)]


def _of_each_payer(code: str, line: str, library: Library, mapping: ClaimsMapping) -> Iterator[EnrolledPlan]:
    issuers = library.lines[line]
    if mapping.issuer is not None:
        yield EnrolledPlan("", code, mapping.issuer, line, None)
        return
    if len(issuers) == 1:
        yield EnrolledPlan("", code, issuers[0], line, None)
    else:
        yield EnrolledPlan("", code, None, None, "ambiguous-issuer")
    for payer in library.issuers:
        if payer in issuers:
            yield EnrolledPlan(payer, code, payer, line, None)
        else:
            yield EnrolledPlan(payer, code, None, None, "unknown-line-of-business")
