"""The history: reviews overdue or left out, events that contradict themselves, codes that it names, texts not on file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.library.in_force import review_overdue
from medpolicy.model.policy import HistoryEvent, Part

_DECIDING = frozenset((Part.STATEMENTS, Part.PRODUCTS, Part.CODING, Part.AUTHORIZATION, Part.LINES_OF_BUSINESS))


def overdue(subject: Subject) -> Iterator[Finding]:
    """A review that fell due before the day of asking."""
    assert subject.as_of is not None
    due = review_overdue(subject.policy, subject.as_of)
    reviews = [event for event in subject.policy.history if event.review and event.in_force <= subject.as_of]
    if due is not None:
        message = f"A review fell due in {due} and had not taken place by {subject.as_of}; the last was in {reviews[-1].date}."
        yield Finding(kind=f.REVIEW_OVERDUE, message=message, places=(_place(subject, reviews[-1]),))


def gaps(subject: Subject) -> Iterator[Finding]:
    """Calendar years, or stretches of them, without the review that the policy's interval asks for."""
    months = subject.policy.review_months
    if months is None:
        return
    years = -(-months // 12)
    reviews = [event for event in subject.policy.history if event.review]
    for earlier, later in pairwise(reviews):
        for missing in range(earlier.in_force.year + years, later.in_force.year, years):
            stretch = f"the calendar year {missing}" if years == 1 else f"the calendar years {missing - years + 1} to {missing}"
            yield Finding(
                kind=f.REVIEW_GAP,
                message=f"Reviewed every {months} months, and none in {stretch}: after {earlier.date} the next was {later.date}.",
                places=(_place(subject, earlier), _place(subject, later)),
            )


def adds_yet_unchanged(subject: Subject) -> Iterator[Finding]:
    """Events that change products and call the statements, of which products are a part, unchanged."""
    for event in subject.policy.history:
        if Part.PRODUCTS in event.touches and Part.STATEMENTS in event.unchanged:
            message = f"The event of {event.date} changes the products and says that the statements are unchanged."
            yield Finding(kind=f.EVENT_ADDS_YET_UNCHANGED, message=message, places=(_place(subject, event),))


def codes(subject: Subject) -> Iterator[Finding]:
    """Codes of which the history and the listings of the latest version say different things."""
    version = subject.latest
    if version is None:
        return
    listed = {entry.code: (listing, entry) for listing in version.code_listings for entry in listing.codes}
    named = [provision.procedures for provision in version.provisions if provision.procedures is not None]
    last: dict[str, tuple[HistoryEvent, bool]] = {}
    for event in subject.policy.history:
        if event.in_force <= version.effective.first_day:
            last.update(dict.fromkeys(event.codes_removed, (event, False)))
            last.update(dict.fromkeys(event.codes_added, (event, True)))
    for code, (event, is_added) in last.items():
        is_listed = code in listed or any(code in codes for codes in named)
        if is_added and not is_listed:
            places = [_place(subject, event)]
            places += [
                subject.place(version, f"code_listings[{listing.id}]", listing.citation, listing.text)
                for listing in version.code_listings
            ]
            message = f"{code} was added in {event.date}; version {version.version} lists it nowhere, and no event removes it."
            yield Finding(kind=f.CODE_IN_HISTORY_NOT_LISTED, message=message, places=tuple(places))
        elif not is_added and code in listed:
            listing, entry = listed[code]
            there = subject.place(version, f"code_listings[{listing.id}].codes[{code}]", entry.citation, listing.text)
            message = f"{code} was removed in {event.date}, and version {version.version} lists it."
            yield Finding(kind=f.CODE_REMOVED_AND_LISTED, message=message, places=(_place(subject, event), there))


def without_text(subject: Subject) -> Iterator[Finding]:
    """Versions that say nothing, and events after the last version on file that change what decides."""
    for version in subject.policy.versions:
        if not version.provisions and not version.code_listings:
            place = subject.place(version, "", version.lines_of_business_citation, "no provision and no code listing")
            message = f"Version {version.version} has no provision and no code listing, so nothing can be decided from it."
            yield Finding(kind=f.VERSION_WITHOUT_TEXT, message=message, places=(place,))
    latest = subject.latest
    for event in subject.policy.history:
        changed = event.touches & _DECIDING
        if changed and (latest is None or event.in_force > latest.effective.first_day):
            parts = ", ".join(sorted(part.value for part in changed))
            last = "no version is on file" if latest is None else f"the last version on file is {latest.version}"
            message = f"The event of {event.date} changes {parts}, and {last}."
            yield Finding(kind=f.VERSION_WITHOUT_TEXT, message=message, places=(_place(subject, event),))


def _place(subject: Subject, event: HistoryEvent) -> Place:
    return subject.place(None, f"history[{event.date}]", event.citation, event.text)
