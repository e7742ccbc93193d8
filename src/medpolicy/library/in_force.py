"""Which text of a policy was in force on a day, part by part, and how well that is known.

DESIGN.md, "Time, honestly": a policy lists its history, and only some versions' texts are on file. For a day the library takes
a version on file and walks the events between.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from medpolicy.model.determination import Basis
from medpolicy.model.period import PartialDate
from medpolicy.model.policy import HistoryEvent, MedicalPolicy, Part, PolicyVersion


@dataclass(frozen=True, slots=True)
class PartInForce:
    """A part's text on a day: from which version on file, on what basis.

    `event` is the one because of which the text is not on file. `overdue` is the day or month in which a review fell due
    that the history does not show.
    """

    version: PolicyVersion | None
    basis: Basis
    event: HistoryEvent | None = None
    overdue: PartialDate | None = None

    @property
    def on_file(self) -> bool:
        """Whether some text can be answered from, however well it is known."""
        return self.basis is not Basis.NOT_ON_FILE


def part_in_force(policy: MedicalPolicy, part: Part, day: date) -> PartInForce:
    """The part's text on a day, from whichever neighbouring version on file knows it best; at a tie the earlier one.

    The day must not lie before the policy's first.
    """
    before = [version for version in policy.versions if version.effective.first_day <= day]
    after = [version for version in policy.versions if version.effective.first_day > day]
    neighbours = before[-1:] + after[:1]
    if not neighbours:
        return PartInForce(None, Basis.NOT_ON_FILE)
    candidates = [_seen_from(policy, version, part, day) for version in neighbours]
    return min(candidates, key=lambda candidate: candidate.basis.weakness)


def _seen_from(policy: MedicalPolicy, version: PolicyVersion, part: Part, day: date) -> PartInForce:
    start = version.effective.first_day
    earlier, later = min(start, day), max(start, day)
    between = [event for event in policy.history if earlier < event.in_force <= later]
    changing = [event for event in between if part in event.touches]
    if changing:
        # The nearest to the day: since then, or until then, the text is another one.
        event = changing[0] if day < start else changing[-1]
        return PartInForce(version, Basis.NOT_ON_FILE, event=event)
    overdue = review_overdue(policy, day) if day >= start else None
    if overdue is not None:
        return PartInForce(version, Basis.PRESUMED_UNCHANGED, overdue=overdue)
    if not between and day >= start:
        return PartInForce(version, Basis.ON_FILE)
    if all(part in event.unchanged for event in between):
        return PartInForce(version, Basis.UNCHANGED)
    return PartInForce(version, Basis.PRESUMED_UNCHANGED)


def review_overdue(policy: MedicalPolicy, day: date) -> PartialDate | None:
    """When the review fell due that should have followed the last one before the day; None where none is overdue.

    A review due in a month is overdue after that month's last day.
    """
    due = _next_review(policy, day)
    return due if due is not None and day > due.last_day else None


def _next_review(policy: MedicalPolicy, day: date) -> PartialDate | None:
    reviews = [event for event in policy.history if event.review and event.in_force <= day]
    if policy.review_months is None or not reviews:
        return None
    return (reviews[-1].effective or reviews[-1].date).plus_months(policy.review_months)


def boundaries(policy: MedicalPolicy) -> tuple[date, ...]:
    """The days on which the answer to "what was in force" may change, in order, from the policy's first."""
    days = {event.in_force for event in policy.history}
    days |= {version.effective.first_day for version in policy.versions}
    for event in policy.history:
        due = _next_review(policy, event.in_force)
        if due is not None and due.last_day < date.max:
            days.add(due.last_day + timedelta(days=1))
    return tuple(sorted(days))


def codes_in_history(policy: MedicalPolicy) -> frozenset[str]:
    """The codes that any event names as added or removed."""
    named: set[str] = set()
    for event in policy.history:
        named.update(event.codes_added, event.codes_removed)
    return frozenset(named)


def naming_event(policy: MedicalPolicy, code: str, day: date) -> HistoryEvent | None:
    """The event that tells that the code was listed on the day, though no text on file need list it.

    A past event that added it, after which none up to the day removed it; or, where no past event names it, a later one whose
    first word on it is that it was removed: so it stood there before.
    """
    naming: HistoryEvent | None = None
    for event in policy.history:
        added, removed = code in event.codes_added, code in event.codes_removed
        if event.in_force > day:
            if naming is None and removed and not _named_before(policy, code, day):
                return event
            if added or removed:
                break
        elif added:
            naming = event
        elif removed:
            naming = None
    return naming


def _named_before(policy: MedicalPolicy, code: str, day: date) -> bool:
    return any(code in event.codes_added or code in event.codes_removed for event in policy.history if event.in_force <= day)
