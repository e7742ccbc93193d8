"""Codes: what the sentences above a listing promise, ranges that overlap, the issuer's defaults, descriptors out of the field."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.authoring.lint.vocabulary import CONDITIONAL, FIELDS, LISTED_CONDITIONS, NOT_OF_A_FIELD
from medpolicy.authoring.lint.wording import names_any
from medpolicy.model import criteria as c
from medpolicy.model.citation import Citation
from medpolicy.model.codes import CodeSet
from medpolicy.model.issuer import Coverage, ListingRole, Stance
from medpolicy.model.policy import Authority, MedicalPolicy, PolicyVersion, Provision

_LISTED_CONDITIONS = re.compile(LISTED_CONDITIONS, re.IGNORECASE)
_CONDITIONAL = re.compile(CONDITIONAL, re.IGNORECASE)


def conditions(subject: Subject) -> Iterator[Finding]:
    """Listings whose sentence speaks of listed conditions that there are not, or of a condition that the file leaves out."""
    for version in subject.policy.versions:
        has_conditions = bool(version.diagnosis_listings) or any(_lists_conditions(subject, one) for one in version.provisions)
        for listing in version.code_listings:
            sentence = subject.wording(listing.citation)
            if sentence is None:
                continue
            place = subject.place(version, f"code_listings[{listing.id}]", listing.citation, listing.text)
            promised = _LISTED_CONDITIONS.search(sentence)
            if promised and not has_conditions:
                message = f"The sentence speaks of “{promised[0]}”, and the policy lists no condition."
                yield Finding(kind=f.CONDITIONS_NOT_LISTED, message=message, places=(place,))
            condition = _CONDITIONAL.search(sentence)
            if condition and listing.role is ListingRole.ALONE:
                message = f"The listing decides alone, and its sentence names a condition: “{condition[0]}”."
                yield Finding(kind=f.LISTING_IGNORES_CONDITION, message=message, places=(place,))


def _lists_conditions(subject: Subject, provision: Provision) -> bool:
    """Whether a statement says in which conditions: by diagnoses, or as the criteria of what it covers or leaves to others."""
    if subject.issuer.coverage_of(provision.stance) is not Coverage.NOT_COVERED and provision.criteria != c.ALWAYS:
        return True
    return any(isinstance(test, c.DiagnosisIn) for tree in (provision.when, provision.criteria) for test in c.tests_in(tree))


def descriptors(subject: Subject) -> Iterator[Finding]:
    """Listed codes whose descriptor, as the document prints it, names nothing of the field that the policy's title names."""
    fields = [terms for field, terms in FIELDS if names_any(subject.policy.title, field)]
    if not fields:
        return
    for version in subject.policy.versions:
        for listing in version.code_listings:
            for entry in listing.codes:
                row = subject.wording(entry.citation)
                if row is None:
                    continue
                descriptor = row.replace(entry.code, "").casefold()
                for phrase in NOT_OF_A_FIELD:
                    descriptor = descriptor.replace(phrase, " ")
                if any(names_any(descriptor, terms) for terms in fields):
                    continue
                path = f"code_listings[{listing.id}].codes[{entry.code}]"
                yield Finding(
                    kind=f.DESCRIPTOR_OUTSIDE_SCOPE,
                    message=f"Does {entry.code} belong to “{subject.policy.title}”? Its descriptor names nothing of that field.",
                    places=(subject.place(version, path, entry.citation, entry.code),),
                )


def overlaps(subject: Subject) -> Iterator[Finding]:
    """Ranges of one set of codes that overlap, and codes that one listing has twice."""
    for version in subject.policy.versions:
        for path, citation, codes in code_sets(version):
            ranges = codes.ranges
            for at, one in enumerate(ranges):
                for other in ranges[at + 1 :]:
                    if one.overlaps(other):
                        place = subject.place(version, path, citation, str(codes))
                        message = f"{one} and {other} overlap."
                        yield Finding(kind=f.OVERLAPPING_CODE_RANGES, message=message, places=(place,))
        for listing in version.code_listings:
            seen: dict[str, Citation] = {}
            for entry in listing.codes:
                if entry.code in seen:
                    path = f"code_listings[{listing.id}].codes[{entry.code}]"
                    places = tuple(subject.place(version, path, one, entry.code) for one in (seen[entry.code], entry.citation))
                    message = f"{entry.code} stands twice in the listing {listing.id}."
                    yield Finding(kind=f.OVERLAPPING_CODE_RANGES, message=message, places=places)
                seen[entry.code] = entry.citation


def code_sets(version: PolicyVersion) -> Iterator[tuple[str, Citation, CodeSet]]:
    """Every set of codes of a version, once, with its place: listings of diagnoses, provisions, rules, criteria."""
    seen: set[CodeSet] = set()
    for path, citation, codes in _all_code_sets(version):
        if codes not in seen:
            seen.add(codes)
            yield path, citation, codes


def _all_code_sets(version: PolicyVersion) -> Iterator[tuple[str, Citation, CodeSet]]:
    for listing in version.diagnosis_listings:
        yield f"diagnosis_listings[{listing.id}]", listing.citation, listing.codes
    for at, rule in enumerate(version.authorization):
        if rule.procedures is not None:
            yield f"authorization[{at}].procedures", rule.citation, rule.procedures
    yield from code_sets_of_provisions(version)


def code_sets_of_provisions(version: PolicyVersion) -> Iterator[tuple[str, Citation, CodeSet]]:
    """Every set of codes that provisions name, with its place."""
    for provision in version.provisions:
        path = f"provisions[{provision.id}]"
        if provision.procedures is not None:
            yield f"{path}.procedures", provision.citation, provision.procedures
        for name, tree in (("when", provision.when), ("criteria", provision.criteria)):
            for test in c.tests_in(tree):
                if isinstance(test, c.DiagnosisIn | c.ProcedureIn):
                    yield f"{path}.{name}", test.citation or provision.citation, test.codes


def issuer_defaults(subject: Subject) -> Iterator[Finding]:
    """Codes that a default rule of the issuer decides otherwise than the policy's own listing or statements."""
    for version in subject.policy.versions[-1:]:
        for default in _defaults(subject):
            told: set[str] = set()
            for own in _decided(subject, version):
                if own.code in told or own.stances <= {default.provision.stance} or not default.decides(own):
                    continue
                told.add(own.code)
                stances = " or ".join(sorted(stance.value for stance in own.stances))
                message = (
                    f"{own.code} is {stances} here; by the issuer's default {default.number} "
                    f"({default.version.version}, {default.provision.id}) it is {default.provision.stance.value}."
                )
                yield Finding(kind=f.CODE_OUTSIDE_ISSUER_DEFAULT, message=message, places=(own.place, default.place(subject)))


@dataclass(frozen=True, slots=True)
class _Decided:
    """A code that the policy names by itself, and the stances that it may take here."""

    code: str
    stances: frozenset[Stance]
    lines: frozenset[str]
    place: Place


@dataclass(frozen=True, slots=True)
class _Default:
    """A rule that holds of its codes whatever else is so."""

    number: str
    version: PolicyVersion
    provision: Provision

    def decides(self, own: _Decided) -> bool:
        codes = self.provision.procedures
        return codes is not None and own.code in codes and not own.lines.isdisjoint(self.provision.lines_of_business)

    def place(self, subject: Subject) -> Place:
        place = subject.place(self.version, f"provisions[{self.provision.id}]", self.provision.citation, self.provision.text)
        return replace(place, policy=self.number)


def _decided(subject: Subject, version: PolicyVersion) -> Iterator[_Decided]:
    for listing in version.code_listings:
        named = [one for one in version.provisions if not listing.provisions or one.id in listing.provisions]
        for entry in listing.codes:
            speaking = [one for one in named if one.procedures is None or entry.code in one.procedures]
            stances = frozenset((listing.stance,)) if listing.stance is not None else _stances(speaking)
            path = f"code_listings[{listing.id}].codes[{entry.code}]"
            place = subject.place(version, path, entry.citation, f"{entry.code}: {listing.text}")
            yield _Decided(entry.code, stances, frozenset(listing.lines_of_business), place)
    for provision in version.provisions:
        place = subject.place(version, f"provisions[{provision.id}]", provision.citation, provision.text)
        for codes in () if provision.procedures is None else provision.procedures.ranges:
            if codes.first == codes.last and not codes.prefix:
                yield _Decided(codes.first, _stances([provision]), frozenset(provision.lines_of_business), place)


def _stances(provisions: Sequence[Provision]) -> frozenset[Stance]:
    both = (stance for one in provisions for stance in (one.stance, one.otherwise))
    return frozenset(stance for stance in both if stance is not None)


def _defaults(subject: Subject) -> Iterator[_Default]:
    for policy in _default_policies(subject):
        for version in policy.versions[-1:]:
            for provision in version.provisions:
                if provision.procedures is not None and provision.criteria == c.ALWAYS and provision.when == c.ALWAYS:
                    yield _Default(policy.number, version, provision)


def _default_policies(subject: Subject) -> Iterator[MedicalPolicy]:
    """The issuer's other policies that are its defaults; no other policy of the library is read for it."""
    library, own = subject.library, subject.policy
    for at, (key, summary) in enumerate(zip(library.keys, library.summaries, strict=True)):
        if summary.authority is Authority.ISSUER_DEFAULT and key[0] == own.issuer and key[1] != own.number:
            yield library.policies[at]
