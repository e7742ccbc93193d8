"""What a change moves, in words: for the page and for the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from medpolicy.review import screening_words as words

Report = Mapping[str, Any]
NONE: Final = "–"
_AXES: Final[Mapping[str, tuple[str, Mapping[str, str]]]] = {
    "coverage": ("Coverage", words.COVERAGE),
    "stance": ("Stance", words.STANCE),
    "prior_authorization": ("Prior authorization", words.AUTHORIZATION),
}


def axes_text(answer: Report) -> Iterator[tuple[str, str]]:
    """The axes of an answer: label and value, such as `Stance`, `Investigational`."""
    for axis, (label, values) in _AXES.items():
        yield label, NONE if answer[axis] is None else values[answer[axis]]


def changes_text(move: Report) -> Iterator[tuple[str, str, str, bool]]:
    """The axes of both answers: label, before, after, and whether they differ."""
    for (label, before), (_, after) in zip(axes_text(move["old"]), axes_text(move["new"]), strict=True):
        yield label, before, after, before != after


def move_text(move: Report) -> str:
    """Such as `Coverage: not covered → covered; stance: investigational → medically necessary; prior authorization stays needed`.

    What stays is said after what differs; an axis that applies on neither side is left out.
    """
    changes = [(label.lower(), before.lower(), after.lower()) for label, before, after, _ in changes_text(move)]
    said = [f"{label}: {before} → {after}" for label, before, after in changes if before != after]
    said += [f"{label} stays {before}" for label, before, after in changes if before == after != NONE]
    text = "; ".join(said)
    return text[:1].upper() + text[1:]


def short_move_text(move: Report) -> str:
    """The first axis that differs, such as `Not covered → covered`, or `Authorization needed → not needed`."""
    axis = next(axis for axis in _AXES if move["old"][axis] != move["new"][axis])
    label, values = _AXES[axis]
    before, after = (NONE if move[side][axis] is None else values[move[side][axis]] for side in ("old", "new"))
    if axis == "prior_authorization":
        return f"Authorization {before.lower()} → {after.lower()}"
    return f"{before} → {after.lower()}" if axis == "coverage" else f"{label} {before.lower()} → {after.lower()}"


def before_and_after(before: str | None, after: str | None) -> str:
    """`a`, or `a → b` where they differ."""
    return (before or NONE) if before == after else f"{before or NONE} → {after or NONE}"


def examples_text(examples: list[dict[str, Any]]) -> str:
    """`C1 line 2, C7 line 1`: the keys alone."""
    return ", ".join(f"{one['claim_id']} line {one['claim_line_number']}" for one in examples)


def setting_text(setting: str | None) -> str:
    return "setting not told" if setting is None else setting


def policy_text(one: Report) -> str:
    """The policy that decides, such as `bcbsma 254`."""
    return "no policy" if one["policy_number"] is None else f"{one['policy_issuer']} {one['policy_number']}"


def codes_text(condition: Report) -> str:
    """`Codes 36475-36476, 36478`; of many the first ones."""
    codes = condition["codes"]
    shown = codes if len(codes) <= _MOST_CODES else [*codes[:_MOST_CODES], f"and {len(codes) - _MOST_CODES} more"]
    several = len(codes) > 1 or any("-" in code for code in codes)
    parts = [f"{'Codes' if several else 'Code'} {', '.join(shown)}"] if codes else []
    return "; ".join([*parts, *(["no code"] if condition["without_code"] else [])])


_MOST_CODES: Final = 12


def where_text(condition: Report) -> str:
    """Lines of business and settings: `every line of business, any setting`, or their names."""
    lines, settings = condition["lines_of_business"], condition["settings"]
    business = "every line of business" if condition["every_line"] and len(lines) > 1 else ", ".join(map(str, lines))
    setting = "any setting" if condition["every_setting"] and len(settings) > 1 else " or ".join(map(setting_text, settings))
    return f"{business}; {setting}"


RESTATED: Final = {
    "text": "the policy, version, provision or citation",
    "basis": "how well the rule is known",
    "questions": "what is asked",
    "notes": "the notes",
    "adjustments": "the adjustment codes",
}
WHERE_REJECTED: Final = "with `--output`, the rejected ones stand in `rejected.parquet`, with the reason"
