"""Authorization that is demanded where nothing can be covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from medpolicy.authoring.lint import findings as f
from medpolicy.authoring.lint.findings import Finding, Place
from medpolicy.authoring.lint.subject import Subject
from medpolicy.model.issuer import Coverage, ListingRole, Setting, Stance
from medpolicy.model.policy import AuthorizationRequirement, AuthorizationRule, PolicyVersion


def never_covered(subject: Subject) -> Iterator[Finding]:
    """Rules that demand authorization in a setting and line where every stance that can hold means that it is not covered."""
    for version in subject.policy.versions:
        by_setting: dict[Setting, list[tuple[int, AuthorizationRule]]] = defaultdict(list)
        for at, rule in enumerate(version.authorization):
            demands = rule.requirement is AuthorizationRequirement.AUTH_NEEDED
            if demands and all(_is_never_covered(subject, version, rule, line) for line in rule.lines_of_business):
                by_setting[rule.setting].append((at, rule))
        for setting, rules in by_setting.items():
            lines = [line for _, rule in rules for line in rule.lines_of_business]
            yield Finding(
                kind=f.AUTHORIZATION_FOR_NEVER_COVERED,
                message=(
                    f"Authorization is demanded {setting.value} ({', '.join(lines)}), where everything is "
                    f"{' or '.join(_stances(version))} and so never covered."
                ),
                places=tuple(_places(subject, version, rules)),
            )


def _is_never_covered(subject: Subject, version: PolicyVersion, rule: AuthorizationRule, line: str) -> bool:
    stances: set[Stance] = set()
    for provision in version.provisions:
        reached = rule.procedures is None or provision.procedures is None or rule.procedures.overlaps(provision.procedures)
        if line in provision.lines_of_business and reached:
            stances.update({provision.stance, provision.otherwise or provision.stance})
    for listing in version.code_listings:
        reached = rule.procedures is None or any(entry.code in rule.procedures for entry in listing.codes)
        if listing.role is ListingRole.ALONE and listing.stance is not None and line in listing.lines_of_business and reached:
            stances.add(listing.stance)
    return bool(stances) and all(subject.issuer.coverage_of(stance) is Coverage.NOT_COVERED for stance in stances)


def _stances(version: PolicyVersion) -> list[str]:
    found = [stance for provision in version.provisions for stance in (provision.stance, provision.otherwise)]
    found += [listing.stance for listing in version.code_listings]
    return sorted({stance.value for stance in found if stance is not None})


def _places(subject: Subject, version: PolicyVersion, rules: list[tuple[int, AuthorizationRule]]) -> Iterator[Place]:
    seen = set()
    for at, rule in rules:
        if rule.citation not in seen:
            seen.add(rule.citation)
            yield subject.place(version, f"authorization[{at}]", rule.citation, rule.text)
    for provision in version.provisions:
        yield subject.place(version, f"provisions[{provision.id}]", provision.citation, provision.text)
    for listing in version.code_listings:
        if listing.role is ListingRole.ALONE:
            yield subject.place(version, f"code_listings[{listing.id}]", listing.citation, listing.text)
