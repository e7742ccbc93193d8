"""The history: reviews overdue or left out, events that contradict themselves, codes that it names, texts not on file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import pairwise

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.coding import code_sets_of_provisions
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.library.in_force import review_overdue
from medpolicy.model import criteria as c
from medpolicy.model.policy import HistoryEvent, Part, PolicyVersion

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
    reviews = [event for event in subject.policy.history if event.review]
    for earlier, later in pairwise(reviews):
        for stretch in _without_review(earlier.in_force, later.in_force, months):
            yield Finding(
                kind=f.REVIEW_GAP,
                message=f"Reviewed every {months} months, and none in {stretch}: after {earlier.date} the next was {later.date}.",
                places=(_place(subject, earlier), _place(subject, later)),
            )


def _without_review(earlier: date, later: date, months: int) -> Iterator[str]:
    """The stretches of the calendar between two reviews that have none: parts of a year, years, or some years together."""
    if months < 12:
        first, last = ((day.year * 12 + day.month - 1) // months * months for day in (earlier, later))
        for start in range(first + months, last, months):
            end = start + months - 1
            yield f"{start // 12}-{start % 12 + 1:02} to {end // 12}-{end % 12 + 1:02}"
        return
    years = -(-months // 12)
    for missing in range(earlier.year + years, later.year, years):
        yield f"the calendar year {missing}" if years == 1 else f"the calendar years {missing - years + 1} to {missing}"


def adds_yet_unchanged(subject: Subject) -> Iterator[Finding]:
    """Events that change products and call the statements, of which products are a part, unchanged."""
    for event in subject.policy.history:
        if Part.PRODUCTS in event.touches and Part.STATEMENTS in event.unchanged:
            message = f"The event of {event.date} changes the products and says that the statements are unchanged."
            yield Finding(kind=f.EVENT_ADDS_YET_UNCHANGED, message=message, places=(_place(subject, event),))


def codes(subject: Subject) -> Iterator[Finding]:
    """Codes of which the history and the latest version say different things."""
    version = subject.latest
    if version is None:
        return
    last: dict[str, tuple[HistoryEvent, bool]] = {}
    for event in subject.policy.history:
        if event.in_force <= version.effective.first_day:
            last.update(dict.fromkeys(event.codes_removed, (event, False)))
            last.update(dict.fromkeys(event.codes_added, (event, True)))
    for code, (event, is_added) in last.items():
        listed = _place_of_code(subject, version, code)
        if is_added and listed is None and not any(code in codes for _, _, codes in code_sets_of_provisions(version)):
            message = f"{code} was added in {event.date}; version {version.version} lists it nowhere, and no event removes it."
            places = (_place(subject, event), *_places_of_listings(subject, version))
            yield Finding(kind=f.CODE_IN_HISTORY_NOT_LISTED, message=message, places=places)
        elif not is_added and listed is not None:
            message = f"{code} was removed in {event.date}, and version {version.version} lists it."
            yield Finding(kind=f.CODE_REMOVED_AND_LISTED, message=message, places=(_place(subject, event), listed))


def _place_of_code(subject: Subject, version: PolicyVersion, code: str) -> Place | None:
    """Where the version lists a code, or a statement names it by itself; a range or an exception does not."""
    for listing in version.code_listings:
        for entry in listing.codes:
            if entry.code == code:
                return subject.place(version, f"code_listings[{listing.id}].codes[{code}]", entry.citation, listing.text)
    for provision in version.provisions:
        named = [provision.procedures, *(test.codes for test in _demanded(provision.when, provision.criteria))]
        if any(str(entry) == code for codes in named if codes is not None for entry in codes.ranges):
            return subject.place(version, f"provisions[{provision.id}]", provision.citation, provision.text)
    return None


def _demanded(*criteria: c.Criterion) -> Iterator[c.ProcedureIn]:
    """The tests on the procedure that stand under no `not`."""
    for criterion in criteria:
        if isinstance(criterion, c.ProcedureIn):
            yield criterion
        elif isinstance(criterion, c.AllOf | c.AnyOf | c.AtLeast):
            yield from _demanded(*criterion.of)


def _places_of_listings(subject: Subject, version: PolicyVersion) -> Iterator[Place]:
    for listing in version.code_listings:
        yield subject.place(version, f"code_listings[{listing.id}]", listing.citation, listing.text)
    if not version.code_listings:
        yield subject.place(version, "code_listings", version.lines_of_business_citation, "no code listing")


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
