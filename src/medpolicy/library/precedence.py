"""Whose word comes first, by the programme of the line of business.

DESIGN.md, "Precedence". Commercial lines: law and mandate, the member's contract, the plan's policy, the issuer's defaults.
Medicare Advantage: statute, NCD, LCD and article of the jurisdiction, then the plan's policy only where Medicare's
criteria are not fully established (42 CFR 422.101(b)(6)); a contract may only add.
"""

from __future__ import annotations

from medpolicy.model.issuer import Program
from medpolicy.model.policy import Authority

COMMERCIAL_RANKS: tuple[tuple[Authority, ...], ...] = (
    (Authority.LAW,),
    (Authority.CONTRACT,),
    (Authority.PLAN_POLICY,),
    (Authority.ISSUER_DEFAULT,),
)
MEDICARE_RANKS: tuple[tuple[Authority, ...], ...] = (
    (Authority.LAW, Authority.STATUTE),
    (Authority.NCD,),
    (Authority.LCD, Authority.ARTICLE),
    (Authority.PLAN_POLICY,),
    (Authority.ISSUER_DEFAULT,),
)
MEDICARE_AUTHORITIES = frozenset({Authority.STATUTE, Authority.NCD, Authority.LCD, Authority.ARTICLE})


def ranks(program: Program) -> tuple[tuple[Authority, ...], ...]:
    """The authorities in order; those of one tuple are of one rank. A Medicare contract stands in none: it may only add."""
    return MEDICARE_RANKS if program is Program.MEDICARE_ADVANTAGE else COMMERCIAL_RANKS
