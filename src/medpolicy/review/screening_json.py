"""A screening's report as JSON: every figure, with codes rather than words. docs/reference/screening-report.md says what each is.

Keys are always there; null means that something does not apply or that no line has it. Keys may be added, never renamed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from medpolicy.review.claims.counts import ClaimCounts, Rejections
from medpolicy.review.screening_summary import FactTotals, OpenQuestions, ProvisionTotals, ScreeningRun, ScreeningSummary
from medpolicy.review.screening_totals import Group, Ranked, Totals
from medpolicy.review.screening_words import LIMITS

VERSION: Final = 1  # of the form of the report; another one means that something was renamed after all


def screening_json(summary: ScreeningSummary) -> dict[str, Any]:
    """The report of a screening. Amounts are dollars, to the cent."""
    return {
        "report": "screening",
        "version": VERSION,
        "run": _run(summary.run),
        "counts": counts_json(summary.run.counts, summary.run.rejected_spans, summary.run.absent),
        "dollars": summary.amount,
        "total": totals_json(summary.total),
        "outcomes": _groups(summary.outcomes, ("coverage", "stance", "prior_authorization")),
        "months": _groups(summary.months, ("month",), split=True),
        "lines_of_business": _titled(summary, summary.lines_of_business, ("issuer", "line_of_business"), "name"),
        "policies": {
            **_titled(summary, summary.policies, ("issuer", "number"), "title"),
            "without": totals_json(summary.without_policy),
        },
        "provisions": {
            "top": [_provision(one) for one in summary.provisions],
            "others": summary.other_provisions,
            "rest": totals_json(summary.rest_of_provisions),
            "without": totals_json(summary.without_provision),
        },
        "codes": {**_ranked(summary.codes, ("code",)), "without": totals_json(summary.no_procedure_code)},
        "addressed_codes": _ranked(summary.addressed_codes, ("code",)),
        "open_questions": _open_questions(summary.open_questions),
        "bases": _groups(summary.bases, ("basis",), split=True),
        "reasons": _groups(summary.reasons, ("reason",), split=True),
        "notes": _groups(summary.notes, ("note",)),
        "denials": _groups(summary.denials, ("carc", "rarc")),
        "absent_authorizations": _groups(summary.absent_authorizations, ("carc", "rarc")),
        "limits": list(LIMITS),
    }


def _run(run: ScreeningRun) -> dict[str, Any]:
    return {
        "library": run.library,
        "engine": run.engine,
        "tables_engine": run.tables_engine,
        "as_of": run.as_of.isoformat(),
        "first_day": None if run.first_day is None else run.first_day.isoformat(),
        "last_day": None if run.last_day is None else run.last_day.isoformat(),
        "inputs": list(run.inputs),
    }


def counts_json(counts: ClaimCounts, rejected_spans: Rejections | None, absent: Sequence[str]) -> dict[str, Any]:
    """What became of the lines: `lines` is always `answered` and `rejected` together."""
    return {
        "lines": counts.lines,
        "answered": counts.taken,
        "rejected": sum(counts.rejected.values()),
        "rejections": _rejections(counts.rejected),
        "remarks": [{"remark": remark, "lines": count} for remark, count in counts.remarks.items() if count],
        "rejected_spans": _rejections(rejected_spans or {}),
        "absent_columns": list(absent),
    }


def _rejections(rejected: Rejections) -> list[dict[str, Any]]:
    ordered = sorted(rejected.items(), key=lambda one: (-one[1], one[0][0], one[0][1] or ""))
    return [{"reason": reason, "column": column or None, "lines": count} for (reason, column), count in ordered]


def totals_json(totals: Totals) -> dict[str, Any]:
    """Lines and amounts in dollars, null where no line has one."""
    amounts = {name: totals.dollars(name) for name in ("charge", "allowed", "paid")}
    return {
        "lines": totals.lines,
        **{name: None if amount is None else float(amount) for name, amount in amounts.items()},
        "changing": totals.changing,
    }


def _groups(groups: Iterable[Group], names: Sequence[str], *, split: bool = False) -> list[dict[str, Any]]:
    return [_group(group, names, split=split) for group in groups]


def _group(group: Group, names: Sequence[str], *, split: bool = False) -> dict[str, Any]:
    found: dict[str, Any] = {**dict(zip(names, group.key, strict=True)), **totals_json(group.totals)}
    if split:
        found["by_coverage"] = {coverage: totals_json(totals) for coverage, totals in group.by_coverage.items()}
    return found


def _ranked(ranked: Ranked, names: Sequence[str], *, split: bool = True) -> dict[str, Any]:
    return {"top": _groups(ranked.groups, names, split=split), "others": ranked.others, "rest": totals_json(ranked.rest)}


def _titled(summary: ScreeningSummary, ranked: Ranked, names: Sequence[str], title: str) -> dict[str, Any]:
    found = _ranked(ranked, names)
    for one in found["top"]:
        one[title] = summary.titles.get(tuple(one[name] for name in names))
    return found


def _provision(one: ProvisionTotals) -> dict[str, Any]:
    return {
        "issuer": one.issuer,
        "number": one.number,
        "version": one.version,
        "provision": one.provision,
        "says": one.says,
        "coverage": one.coverage,
        "stance": one.stance,
        "citations": [{"section": section, "lines": lines, "sha256": sha256} for section, lines, sha256 in one.citations],
        "more_places": one.more_places,
        **totals_json(one.group.totals),
    }


def _open_questions(found: OpenQuestions) -> dict[str, Any]:
    together = _ranked(found.together, ("facts",), split=False)
    for one in together["top"]:
        one["facts"] = one["facts"].split(" ")
    return {
        "conditional": totals_json(found.conditional),
        "delegated": totals_json(found.delegated),
        "authorization_only": totals_json(found.authorization_only),
        "asking": totals_json(found.asking),
        "settled_by_one": totals_json(found.settled_by_one),
        "facts": {"top": [_fact(one) for one in found.facts], "others": found.other_facts},
        "together": together,
    }


def _fact(one: FactTotals) -> dict[str, Any]:
    return {
        "fact": one.fact,
        "issuer": one.issuer,
        "question": one.question,
        "policies": one.policies,
        "asked": totals_json(one.asked),
        "alone": totals_json(one.alone),
    }
