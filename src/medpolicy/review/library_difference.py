"""What a new library changes, policy by policy and day by day: `medpolicy diff` of all that two libraries have.

A policy that both have is compared on each day on which what is in force may change in either, so that a day of service is
answered from the two texts that a claim of that day would be. Days that come to the same are told together, as a period.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Final

from medpolicy.authoring.diff.outcomes import ComparedText, text_on
from medpolicy.library.in_force import boundaries, codes_in_history, naming_event
from medpolicy.library.library import Library
from medpolicy.model.issuer import Issuer
from medpolicy.model.policy import MedicalPolicy
from medpolicy.model.request import Request
from medpolicy.review.difference import difference_of

Json = dict[str, Any]
VERSION: Final = 1  # of the form of the report
PHASE: Final = "comparing policies"
LIMIT: Final = "Each policy is compared with itself; which of several policies' word comes first is not looked at."
_OF_A_PERIOD: Final = ("old", "new", "complete", "limits", "determinations", "facts", "renamed_facts")


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLibraries:
    """The two libraries, and the names by which they were asked for."""

    old: Library
    new: Library
    old_names: tuple[str, ...]
    new_names: tuple[str, ...]

    def side(self, side: str) -> Library:
        return self.old if side == "old" else self.new


def _silent(phase: str, done: int, total: int) -> None:
    """Nobody is told."""


def library_difference(compared: ComparedLibraries, *, progress: Callable[[str, int, int], None] = _silent) -> Json:
    """The policies that were added, removed and changed, and what each change means; `progress` is told phase, done and total.

    A policy whose text says the same from another place of its document is the same.
    """
    old, new = ({key: at for at, key in enumerate(one.keys)} for one in (compared.old, compared.new))
    both = [key for key in compared.old.keys if key in new]
    changed = []
    progress(PHASE, 0, len(both))
    for done, key in enumerate(both, start=1):
        found = _policy_difference(compared, old[key], new[key])
        changed += [] if found is None else [found]
        progress(PHASE, done, len(both))
    added = [_summary(compared.new, at) for key, at in new.items() if key not in old]
    removed = [_summary(compared.old, at) for key, at in old.items() if key not in new]
    return {
        "report": "library-difference",
        "version": VERSION,
        "old": {"library": compared.old.digest, "names": list(compared.old_names)},
        "new": {"library": compared.new.digest, "names": list(compared.new_names)},
        "equal": not (added or removed or any(not one["equal"] for one in changed)),
        "complete": all(one["complete"] for one in changed),
        "same": len(both) - len(changed),
        "added": added,
        "removed": removed,
        "changed": changed,
        "limits": [LIMIT],
    }


def _summary(library: Library, at: int) -> Json:
    policy = library.policies[at]
    said = {"issuer": policy.issuer, "number": policy.number, "title": policy.title}
    found = {**said, "versions": [one.version for one in policy.versions], "first_day": policy.first_day.isoformat()}
    library.forget(at)
    return found


def _policy_difference(compared: ComparedLibraries, old_at: int, new_at: int) -> Json | None:
    """What a policy's change means; None where it is the same."""
    old, new = compared.old.policies[old_at], compared.new.policies[new_at]
    sides = ((old, compared.old.issuers[old.issuer]), (new, compared.new.issuers[new.issuer]))
    compared.old.forget(old_at)
    compared.new.forget(new_at)
    if sides[0] == sides[1]:
        return None
    reports = list(_reports(sides))
    periods = list(_periods(reports, first_of_all=min(old.first_day, new.first_day)))
    changes = _together(report["changes"] for _, report in reports)
    if not periods and not changes:
        return None
    return {
        "issuer": new.issuer,
        "number": new.number,
        "title": new.title,
        "old_versions": [one.version for one in old.versions],
        "new_versions": [one.version for one in new.versions],
        "equal": not changes and not any(one["determinations"] for one in periods),
        "complete": all(one["complete"] for one in periods),
        "periods": periods,
        "changes": changes,
    }


# -- days -------------------------------------------------------------------------------------------------------------

Sides = tuple[tuple[MedicalPolicy, Issuer], tuple[MedicalPolicy, Issuer]]


def _reports(sides: Sides) -> Iterator[tuple[date, Json]]:
    """What `difference_of` says from each day on; the same object where the same texts are in force as on another day."""
    known: dict[Hashable, Json] = {}
    for day in sorted({day for policy, _ in sides for day in boundaries(policy)}):
        texts = [_text(policy, issuer, day) for policy, issuer in sides]
        key = tuple(_in_force(text, day) for text in texts)
        if key not in known:
            known[key] = difference_of(*texts)
        yield day, known[key]


def _text(policy: MedicalPolicy, issuer: Issuer, day: date) -> ComparedText:
    request = Request(issuer=issuer.id, service_date=day, line_of_business="")
    text = text_on(policy, issuer, request, f"{policy.issuer}/{policy.number}")
    return replace(text, history=policy.history)  # all of it: an event that is added is told once, whatever the day


def _in_force(text: ComparedText, day: date) -> Hashable:
    """What the answers of a day rest on: versions by part, whether they are on file, and codes that only the history names."""
    parts = tuple((None if one.version is None else one.version.version, one.on_file) for one in text.parts.values())
    named = frozenset(code for code in codes_in_history(text.policy) if naming_event(text.policy, code, day) is not None)
    return day < text.policy.first_day, parts, named


def _periods(reports: Sequence[tuple[date, Json]], *, first_of_all: date) -> Iterator[Json]:
    """The stretches of days on which determinations differ or something could not be compared, each as long as it can be.

    Before the first day of both there is no policy, and after the last boundary nothing changes any more.
    """
    assert reports[0][0] >= first_of_all
    starts = [day for day, _ in reports]
    stops: list[date | None] = [*(day - timedelta(days=1) for day in starts[1:]), None]
    held: Json | None = None
    for (day, report), stop in zip(reports, stops, strict=True):
        said = {name: report[name] for name in _OF_A_PERIOD}
        last = None if stop is None else stop.isoformat()
        if held is not None and said == {name: held[name] for name in _OF_A_PERIOD}:
            held["last_day"] = last
            continue
        if held is not None:
            yield held
        tells = report["determinations"] or report["limits"]
        held = {"first_day": day.isoformat(), "last_day": last, **said} if tells else None
    if held is not None:
        yield held


def _together(found: Iterable[list[Json]]) -> list[Json]:
    """The changes of what the texts contain, of all days, each once."""
    sections: dict[str, Json] = {}
    for changes in found:
        for section in changes:
            kept = sections.setdefault(section["section"], {**section, "items": []})
            kept["items"] += [item for item in section["items"] if item not in kept["items"]]
    return list(sections.values())
