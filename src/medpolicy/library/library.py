"""The policies that answers are decided from, and an index over what they name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from medpolicy.errors import InvalidModel, NotFound
from medpolicy.library.in_force import codes_in_history
from medpolicy.library.precedence import MEDICARE_AUTHORITIES
from medpolicy.model.codes import CodeSet
from medpolicy.model.facts import FactDefinition, FactType
from medpolicy.model.issuer import Issuer
from medpolicy.model.policy import Authority, MedicalPolicy
from medpolicy.model.products import product_key
from medpolicy.model.quantity import UNITS


@dataclass(frozen=True, slots=True)
class FactForm:
    """What an issuer's policies together expect of a fact's value: type, dimension of a number, choices."""

    type: FactType
    dimension: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(slots=True)
class IssuerIndex:
    """Where one issuer's policies name codes, products and facts: positions in `Library.policies`, ascending."""

    codes: dict[str, tuple[int, ...]] = field(default_factory=dict)
    code_sets: list[tuple[CodeSet, int]] = field(default_factory=list)
    products: dict[str, tuple[int, ...]] = field(default_factory=dict)
    facts: dict[str, tuple[int, ...]] = field(default_factory=dict)
    fact_forms: dict[str, FactForm] = field(default_factory=dict)
    with_products: list[int] = field(default_factory=list)  # the policies that list any product

    def naming(self, code: str) -> tuple[int, ...]:
        """The policies that name a code, in a text on file or in their history."""
        exact = self.codes.get(code, ())
        if not self.code_sets:
            return exact
        wider = {position for codes, position in self.code_sets if code in codes}
        return tuple(sorted(wider.union(exact))) if wider else exact


@dataclass(frozen=True, slots=True, eq=False)
class Library:
    """Issuers, their policies in the order (issuer, number), the index, and the digest that answers state.

    `policies` may decode each policy only when it is looked at; the index is complete without that. `compiled` is where an
    engine keeps what it compiles from the library, so that it lives as long.
    """

    issuers: Mapping[str, Issuer]
    policies: Sequence[MedicalPolicy]
    keys: tuple[tuple[str, str], ...]
    summaries: Sequence[PolicySummary]
    index: Mapping[str, IssuerIndex]
    lines: Mapping[str, tuple[str, ...]]  # line of business: the issuers that declare it
    digest: str
    medicare: tuple[int, ...]  # positions of policies with an authority of Medicare's
    compiled: dict[str, object] = field(default_factory=dict, repr=False)

    def policy(self, number: str, issuer: str | None = None) -> MedicalPolicy:
        """The policy of that number; `NotFound` where there is none, or more than one and no issuer is named."""
        found = [position for position, key in enumerate(self.keys) if key[1] == number and issuer in (None, key[0])]
        if len(found) == 1:
            return self.policies[found[0]]
        if not found:
            raise NotFound(f"no policy {number!r} is in the library; `medpolicy policies list` shows those that are")
        names = ", ".join(self.keys[position][0] for position in found)
        raise NotFound(
            f"more than one issuer has a policy {number!r}: {names}; name the issuer, as in '{self.keys[found[0]][0]}/{number}'"
        )

    def forget(self, at: int) -> None:
        """Let go of a policy that can be decoded again: whoever looks at ten thousand once each need not hold them all."""
        if isinstance(self.policies, DecodedOnDemand):
            self.policies.forget(at)


@runtime_checkable
class DecodedOnDemand(Protocol):
    """Policies that can be let go of, because they are decoded again when they are next looked at."""

    def forget(self, at: int) -> None: ...


def issuers_by_line(issuers: Mapping[str, Issuer]) -> dict[str, tuple[str, ...]]:
    """For each declared line of business, the issuers that declare it."""
    lines: dict[str, tuple[str, ...]] = {}
    for issuer in issuers.values():
        for line in issuer.lines_of_business:
            lines[line.id] = (*lines.get(line.id, ()), issuer.id)
    return lines


def library_digest(digests: Iterable[tuple[str, str, str]]) -> str:
    """The digest of a library from (kind-and-issuer, number, digest of the content) of each part of it."""
    text = "\n".join("\t".join(entry) for entry in sorted(digests))
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySummary:
    """What the index needs of a policy, so that the policy itself need not be looked at until it is asked about."""

    title: str
    authority: Authority
    versions: tuple[str, ...]
    lines_of_business: tuple[str, ...]
    codes: tuple[str, ...]
    code_sets: tuple[CodeSet, ...]
    products: tuple[str, ...]
    facts: Mapping[str, FactForm]


def summary_of(policy: MedicalPolicy) -> PolicySummary:
    """The codes, products (by key) and facts that any version or event of the policy names."""
    codes: set[str] = set(codes_in_history(policy))
    code_sets: list[CodeSet] = []
    products: set[str] = set()
    facts: dict[str, FactForm] = {}
    for version in policy.versions:
        for listing in version.code_listings:
            codes.update(entry.code for entry in listing.codes)
        for provision in version.provisions:
            named = provision.procedures
            if named is not None:
                codes.update(entry.first for entry in named.ranges if entry.first == entry.last and not entry.prefix)
                if any(entry.prefix or entry.first != entry.last for entry in named.ranges):
                    code_sets.append(named)
        for products_of in version.product_lists:
            for product in products_of.products:
                products.update(product_key(name) for name in (product.name, *product.aliases))
        for fact in version.facts:
            facts[fact.id] = joined_form(facts.get(fact.id), form_of(fact))
    return PolicySummary(
        title=policy.title,
        authority=policy.authority,
        versions=tuple(version.version for version in policy.versions),
        lines_of_business=tuple(dict.fromkeys(line for version in policy.versions for line in version.lines_of_business)),
        codes=tuple(sorted(codes)),
        code_sets=tuple(code_sets),
        products=tuple(sorted(products)),
        facts=facts,
    )


def add_to_index(index: IssuerIndex, position: int, summary: PolicySummary) -> str | None:
    """Enter what a policy names; positions must be entered in ascending order.

    The id of a fact that another policy of the issuer defines with another type or dimension, if there is one; None is well.
    """
    for target, names in ((index.codes, summary.codes), (index.products, summary.products), (index.facts, summary.facts)):
        for name in names:
            target[name] = (*target[name], position) if name in target else (position,)
    if summary.products:
        index.with_products.append(position)
    index.code_sets += [(codes, position) for codes in summary.code_sets]
    for fact, form in summary.facts.items():
        known = index.fact_forms.get(fact)
        if known is not None and not agree(known, form):
            return fact
        index.fact_forms[fact] = joined_form(known, form)
    return None


def library_of(issuers: Iterable[Issuer], policies: Iterable[MedicalPolicy], digest: str) -> Library:
    """The library of these issuers and policies, which need not come from files. `InvalidModel` where facts disagree."""
    by_id = {issuer.id: issuer for issuer in sorted(issuers, key=lambda issuer: issuer.id)}
    ordered = sorted(policies, key=lambda policy: (policy.issuer, policy.number))
    summaries = [summary_of(policy) for policy in ordered]
    index = {issuer: IssuerIndex() for issuer in by_id}
    for at, (policy, summary) in enumerate(zip(ordered, summaries, strict=True)):
        fact = add_to_index(index[policy.issuer], at, summary)
        if fact is not None:
            raise InvalidModel(f"the fact {fact!r} has another type or dimension in another policy of {policy.issuer}")
    return Library(
        issuers=by_id,
        policies=ordered,
        keys=tuple((policy.issuer, policy.number) for policy in ordered),
        summaries=summaries,
        index=index,
        lines=issuers_by_line(by_id),
        digest=digest,
        medicare=tuple(at for at, policy in enumerate(ordered) if policy.authority in MEDICARE_AUTHORITIES),
    )


def form_of(fact: FactDefinition) -> FactForm:
    """What is expected of the fact's value."""
    dimension = UNITS[fact.unit][0] if fact.type is FactType.NUMBER and fact.unit else None
    return FactForm(fact.type, dimension, fact.scale)


def agree(one: FactForm, other: FactForm) -> bool:
    """Whether two definitions of one fact can stand beside each other: of one type and dimension."""
    return one.type is other.type and one.dimension == other.dimension


def joined_form(one: FactForm | None, other: FactForm) -> FactForm:
    """The form of a fact that two definitions share: every choice of either."""
    if one is None:
        return other
    return FactForm(one.type, one.dimension, tuple(dict.fromkeys(one.choices + other.choices)))
