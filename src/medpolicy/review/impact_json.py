"""The report of a change's impact as JSON. docs/reference/impact-report.md says what each key is.

Keys are always there; null means that something does not apply or that no line has it. Keys may be added, never renamed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from medpolicy.authoring.diff.code_axis import code_groups, joined_spans
from medpolicy.review.impact_conditions import Condition, Conditions, Example
from medpolicy.review.impact_summary import PARTS, Axes, ImpactRun, ImpactSummary, Move, Part
from medpolicy.review.impact_tables import BOTH_AXES, SHARED
from medpolicy.review.screening_json import counts_json, totals_json
from medpolicy.review.screening_totals import Totals
from medpolicy.review.screening_words import IMPACT_LIMITS

VERSION: Final = 2  # of the form of the report; another one means that something was renamed after all


def impact_json(summary: ImpactSummary) -> dict[str, Any]:
    """The report of a comparison. Amounts are dollars, to the cent."""
    return {
        "report": "impact",
        "version": VERSION,
        "run": _run(summary.run),
        "counts": counts_json(summary.run.counts, summary.run.rejected_spans, summary.run.absent),
        "dollars": summary.amount,
        "total": _amounts(summary.total),
        "moved": {**_amounts(summary.moved), "members": summary.members},
        "same": _amounts(summary.same),
        "restated": {
            **_amounts(summary.restated),
            "by": {name: _amounts(totals) for name, totals in summary.restated_by.items()},
        },
        "coverages": [{"old": group.key[0], "new": group.key[1], **_amounts(group.totals)} for group in summary.coverages],
        "moves": {
            "top": [_move(move, summary) for move in summary.moves],
            "others": summary.other_moves,
            "rest": _amounts(summary.rest_of_moves),
        },
        "conditions": _conditions(summary.conditions),
        "months": [
            {
                "month": group.key[0],
                **_amounts(group.totals),
                "by_coverage": {coverage: _amounts(totals) for coverage, totals in group.by_coverage.items()},
            }
            for group in summary.months
        ],
        "remarks": list(summary.run.remarks),
        "limits": list(IMPACT_LIMITS),
    }


def _run(run: ImpactRun) -> dict[str, Any]:
    return {
        "old": {"library": run.old_library, "names": list(run.old_names)},
        "new": {"library": run.new_library, "names": list(run.new_names)},
        "engine": run.engine,
        "tables_engine": run.tables_engine,
        "first_day": None if run.first_day is None else run.first_day.isoformat(),
        "last_day": None if run.last_day is None else run.last_day.isoformat(),
        "inputs": list(run.inputs),
    }


def _amounts(totals: Totals) -> dict[str, Any]:
    return {name: value for name, value in totals_json(totals).items() if name != "changing"}


def _axes(axes: Axes) -> dict[str, str | None]:
    return dict(zip(Axes._fields, axes, strict=True))


def _example(example: Example) -> dict[str, Any]:
    return {"claim_id": example.claim_id, "claim_line_number": example.claim_line_number}


def _measured(part: Part | Condition) -> dict[str, Any]:
    return {
        **_amounts(part.totals),
        "members": part.members,
        "first_day": part.first_day.isoformat(),
        "last_day": part.last_day.isoformat(),
    }


def _move(move: Move, summary: ImpactSummary) -> dict[str, Any]:
    found: dict[str, Any] = {"old": _axes(move.old), "new": _axes(move.new), **_measured(move.whole)}
    for name, keys in PARTS.items():
        parts = move.by[name]
        found[name] = {
            "top": [{**dict(zip(keys, part.key, strict=True)), **_measured(part)} for part in parts.parts],
            "others": parts.others,
            "rest": _amounts(parts.rest),
        }
    for policy in found["policies"]["top"]:
        policy["title"] = summary.titles.get((policy["policy_issuer"], policy["policy_number"]))
    found["examples"] = [_example(example) for example in move.examples]
    return found


def _conditions(conditions: Conditions) -> dict[str, Any]:
    return {
        "top": [_condition(one) for one in conditions.top],
        "others": conditions.others,
        "rest": _amounts(conditions.rest),
    }


def _condition(one: Condition) -> dict[str, Any]:
    axes, others = one.key[: len(BOTH_AXES)], one.key[len(BOTH_AXES) :]
    return {
        "old": dict(zip(Axes._fields, axes[: len(Axes._fields)], strict=True)),
        "new": dict(zip(Axes._fields, axes[len(Axes._fields) :], strict=True)),
        **dict(zip(SHARED[len(BOTH_AXES) :], others, strict=True)),
        "codes": _spans([code for code in one.box.codes if code is not None]),
        "without_code": None in one.box.codes,
        "lines_of_business": list(one.box.lines_of_business),
        "every_line": one.every_line,
        "settings": list(one.box.settings),
        "every_setting": one.every_setting,
        "compared": one.compared,
        **_measured(one),
        "examples": [_example(example) for example in one.examples],
    }


def _spans(codes: Sequence[str]) -> list[str]:
    """The codes, those that follow each other as one: `36475-36476`."""
    groups = {code: [group for group in code_groups([code], ()) if group.spans] for code in codes}
    return [*joined_spans(one for found in groups.values() for one in found), *(code for code in codes if not groups[code])]
