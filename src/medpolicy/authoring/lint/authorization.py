"""Authorization that is demanded where nothing can be covered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.model.issuer import Coverage, ListingRole, Setting, Stance
from medpolicy.model.policy import AuthorizationRequirement, AuthorizationRule, PolicyVersion


def never_covered(subject: Subject) -> Iterator[Finding]:
    """Rules that demand authorization in a setting and line where every stance that can hold means that it is not covered."""
    for version in subject.policy.versions:
        for setting in Setting:
            stances: dict[str, frozenset[Stance]] = {}
            rules: list[tuple[int, AuthorizationRule]] = []
            for at, rule in enumerate(version.authorization):
                if rule.setting is setting and rule.requirement is AuthorizationRequirement.AUTH_NEEDED:
                    never = _never_covered(subject, version, rule)
                    stances |= never
                    rules += [(at, rule)] if never else []
            if rules:
                everything = " or ".join(sorted({stance.value for found in stances.values() for stance in found}))
                yield Finding(
                    kind=f.AUTHORIZATION_FOR_NEVER_COVERED,
                    message=(
                        f"Authorization is demanded {setting.value} ({', '.join(stances)}), where everything is "
                        f"{everything} and so never covered."
                    ),
                    places=tuple(_places(subject, version, rules, stances.keys())),
                )


def _never_covered(subject: Subject, version: PolicyVersion, rule: AuthorizationRule) -> dict[str, frozenset[Stance]]:
    """The lines of business of a rule in which nothing that it reaches can be covered, with what everything is there."""
    by_line = {line: _stances(version, rule, line) for line in rule.lines_of_business}
    return {
        line: stances
        for line, stances in by_line.items()
        if stances and all(subject.issuer.coverage_of(stance) is Coverage.NOT_COVERED for stance in stances)
    }


def _stances(version: PolicyVersion, rule: AuthorizationRule, line: str) -> frozenset[Stance]:
    """Every stance that what the rule reaches can take in a line of business."""
    stances: set[Stance] = set()
    for provision in version.provisions:
        reached = rule.procedures is None or provision.procedures is None or rule.procedures.overlaps(provision.procedures)
        if line in provision.lines_of_business and reached:
            stances.update({provision.stance, provision.otherwise or provision.stance})
    for listing in version.code_listings:
        reached = rule.procedures is None or any(entry.code in rule.procedures for entry in listing.codes)
        if listing.role is ListingRole.ALONE and listing.stance is not None and line in listing.lines_of_business and reached:
            stances.add(listing.stance)
    return frozenset(stances)


def _places(
    subject: Subject, version: PolicyVersion, rules: Sequence[tuple[int, AuthorizationRule]], lines: Set[str]
) -> Iterator[Place]:
    seen = set()
    for at, rule in rules:
        if rule.citation not in seen:
            seen.add(rule.citation)
            yield subject.place(version, f"authorization[{at}]", rule.citation, rule.text)
    for provision in version.provisions:
        if not lines.isdisjoint(provision.lines_of_business):
            yield subject.place(version, f"provisions[{provision.id}]", provision.citation, provision.text)
    for listing in version.code_listings:
        if listing.role is ListingRole.ALONE and not lines.isdisjoint(listing.lines_of_business):
            yield subject.place(version, f"code_listings[{listing.id}]", listing.citation, listing.text)
