"""What a screening of claims comes to: the figures of its report.

`screening_totals.py` says what the totals are that they come from.
"""
# ruff: noqa: S608  # every text of SQL is this package's own

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from medpolicy.library.library import Library
from medpolicy.model.facts import RESERVED_SUBJECTS
from medpolicy.model.policy import PolicyVersion
from medpolicy.review.claims.counts import ClaimCounts, Rejections
from medpolicy.review.screening_totals import (
    AMOUNTS,
    BY_CODE,
    BY_MONTH,
    MEASURES,
    Group,
    Key,
    Ranked,
    Totals,
    TotalsTable,
    measures,
    totals_of,
)

if TYPE_CHECKING:
    import duckdb

MOST: Final = 25  # groups of a ranked list
MOST_CITATIONS: Final = 3
_ASKS: Final = f"{BY_MONTH} AND coalesce(ask, '') <> ''"
_RESTS_ON_PROVISION: Final = f"{BY_MONTH} AND provision IS NOT NULL"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningRun:
    """What is known of a run besides its totals.

    `library`: its digest. `engine`: ours with its version, `tables_engine`: that of the tables. `first_day`, `last_day`: of
    service, None where no line was taken. `counts`: what became of the lines. `absent`: columns of use that the claims do not
    have. `rejected_spans`: rows of eligibility that say no days.
    """

    library: str
    engine: str
    tables_engine: str
    as_of: date
    first_day: date | None
    last_day: date | None
    counts: ClaimCounts
    inputs: tuple[str, ...]
    absent: tuple[str, ...] = ()
    rejected_spans: Rejections | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProvisionTotals:
    """What a provision or listing decides. `says`: in the policy file's words, where the library has it.

    `citations`: where it stands, the places with the most lines first; `more_places`: how many others there are. A code
    listing has a place for each code.
    """

    group: Group
    issuer: str
    number: str
    version: str | None
    provision: str
    coverage: str
    stance: str | None
    says: str | None
    citations: tuple[tuple[str, str, str], ...]
    more_places: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactTotals:
    """A fact that is asked for: the lines where it is, and those of them where nothing else is, which it would settle.

    `issuer` None: a part of the request, such as the setting, which every policy asks alike. `policies`: how many ask it.
    """

    fact: str
    issuer: str | None
    question: str | None
    policies: int
    asked: Totals
    alone: Totals


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenQuestions:
    """Lines whose answer is not settled.

    `conditional`: coverage is; of those, `delegated` to somebody else's criteria with nothing to ask. `authorization_only`: only
    prior authorization is. `asking`: something is asked, be it for coverage or authorization; `settled_by_one`: one thing.
    `facts`: the fact that alone would settle the most dollars first; `other_facts`: how many are left out. `together`: the key is
    the ids of the facts that are asked of the same lines.
    """

    conditional: Totals
    delegated: Totals
    authorization_only: Totals
    asking: Totals
    settled_by_one: Totals
    facts: tuple[FactTotals, ...]
    other_facts: int
    together: Ranked


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreeningSummary:
    """All figures of a report. `amount` is the one shown as dollars: of paid, allowed, charge the first that any line has.

    The keys of the groups: `outcomes` coverage, stance, prior authorization; `policies` issuer, number (`without_policy`: lines
    that no policy answers); `months` YYYY-MM; `lines_of_business` issuer, line; `reasons`, `bases`, `notes` their
    code; `denials`, `absent_authorizations` CARC, RARC; `codes` the procedure code, `addressed_codes` those of lines that are not
    `not-addressed` (`no_procedure_code`: lines without one). `titles`: of policies and lines of business, by their key.
    """

    run: ScreeningRun
    amount: str | None
    total: Totals
    outcomes: tuple[Group, ...]
    policies: Ranked
    titles: Mapping[Key, str]
    without_policy: Totals
    provisions: tuple[ProvisionTotals, ...]
    other_provisions: int
    rest_of_provisions: Totals
    without_provision: Totals
    months: tuple[Group, ...]
    lines_of_business: Ranked
    reasons: tuple[Group, ...]
    denials: tuple[Group, ...]
    absent_authorizations: tuple[Group, ...]
    codes: Ranked
    addressed_codes: Ranked
    no_procedure_code: Totals
    open_questions: OpenQuestions
    bases: tuple[Group, ...]
    notes: tuple[Group, ...]


def summary_of(
    connection: duckdb.DuckDBPyConnection, relation_sql: str, run: ScreeningRun, library: Library, *, most: int = MOST
) -> ScreeningSummary:
    """The figures of a run, of its totals, which `relation_sql` reads, such as `read_parquet('totals-*.parquet')`.

    `most`: how many groups a ranked list has. `ValueError` where the totals are not all of the lines that the run took.
    """
    table = TotalsTable(connection, relation_sql)
    total = table.total(BY_MONTH)
    _add_up(run.counts, total.lines, table.total(BY_CODE).lines)
    amount = next((one for one in AMOUNTS if total.dollars(one) is not None), None)
    table = TotalsTable(connection, relation_sql, amount)
    policies = table.ranked(
        ["policy_issuer", "policy_number"], f"{BY_MONTH} AND policy_number IS NOT NULL", most=most, split=True
    )
    lines = table.ranked(["issuer", "line_of_business"], most=most, split=True)
    provisions, other_provisions, rest = _provisions(table, library, most)
    return ScreeningSummary(
        run=run,
        amount=amount,
        total=total,
        outcomes=table.groups(["coverage", "stance", "prior_authorization"]),
        policies=policies,
        titles={**_titles(policies, library), **_names(lines, library)},
        without_policy=table.total(f"{BY_MONTH} AND policy_number IS NULL"),
        provisions=provisions,
        other_provisions=other_provisions,
        rest_of_provisions=rest,
        without_provision=table.total(f"{BY_MONTH} AND provision IS NULL"),
        months=table.groups(["strftime(month, '%Y-%m')"], by_key=True, split=True),
        lines_of_business=lines,
        reasons=table.groups(["reason"], split=True),
        denials=table.groups(["carc", "rarc"], f"{BY_MONTH} AND carc IS NOT NULL"),
        absent_authorizations=table.groups(
            ["authorization_carc", "authorization_rarc"], f"{BY_MONTH} AND authorization_carc IS NOT NULL"
        ),
        codes=table.ranked(["code"], f"{BY_CODE} AND code IS NOT NULL", most=most, split=True),
        addressed_codes=table.ranked(
            ["code"], f"{BY_CODE} AND code IS NOT NULL AND coverage <> 'not-addressed'", most=most, split=True
        ),
        no_procedure_code=table.total(f"{BY_CODE} AND code IS NULL"),
        open_questions=_open_questions(table, library, most),
        bases=table.groups(["basis"], split=True),
        notes=_notes(table),
    )


def _add_up(counts: ClaimCounts, by_month: int, by_code: int) -> None:
    rejected = sum(counts.rejected.values())
    if counts.lines != counts.taken + rejected or not counts.taken == by_month == by_code:
        raise ValueError(
            f"of {counts.lines} lines {counts.taken} were taken and {rejected} rejected, and the totals have {by_month} lines by "
            f"month and {by_code} by code"
        )


def _titles(policies: Ranked, library: Library) -> dict[Key, str]:
    places: dict[Key, int] = {key: at for at, key in enumerate(library.keys)}
    return {group.key: library.summaries[places[group.key]].title for group in policies.groups if group.key in places}


def _names(lines: Ranked, library: Library) -> dict[Key, str]:
    declared: dict[Key, str] = {
        (issuer.id, line.id): line.name for issuer in library.issuers.values() for line in issuer.lines_of_business
    }
    return {group.key: declared[group.key] for group in lines.groups if group.key in declared}


# -- provisions ---------------------------------------------------------------------------------------------------------

_OF_PROVISION: Final = ("policy_issuer", "policy_number", "policy_version", "provision", "coverage", "stance")


def _provisions(table: TotalsTable, library: Library, most: int) -> tuple[tuple[ProvisionTotals, ...], int, Totals]:
    ranked = table.ranked(_OF_PROVISION, _RESTS_ON_PROVISION, most=most)
    places = _places(table, ranked.groups)
    return tuple(_provision(group, places[group.key], library) for group in ranked.groups), ranked.others, ranked.rest


def _places(table: TotalsTable, groups: tuple[Group, ...]) -> dict[Key, list[tuple[str, str, str]]]:
    """Where each stands, the places with the most lines first."""
    if not groups:
        return {}
    cited = ", ".join(("citation_section", "citation_lines", "citation_sha256"))
    keys = ", ".join(f"key_{at}" for at in range(len(_OF_PROVISION)))
    part = f"(SELECT *, {', '.join(f'{key} AS key_{at}' for at, key in enumerate(_OF_PROVISION))} FROM {table.relation})"
    with table.wanted([group.key for group in groups]) as (wanted, same):
        rows = table.rows(
            f"SELECT {', '.join(f'part.{key}' for key in keys.split(', '))}, {cited} FROM {part} AS part JOIN {wanted} AS wanted "
            f"ON {same} WHERE {_RESTS_ON_PROVISION} AND citation_sha256 IS NOT NULL GROUP BY ALL "
            f"ORDER BY sum(lines) DESC, {cited}"
        )
    found: dict[Key, list[tuple[str, str, str]]] = {group.key: [] for group in groups}
    for *key, section, lines, sha256 in rows:
        found[tuple(key)].append((section, lines, sha256))
    return found


def _provision(group: Group, places: list[tuple[str, str, str]], library: Library) -> ProvisionTotals:
    issuer, number, version, provision, coverage, stance = group.key
    assert issuer is not None
    assert number is not None
    assert provision is not None
    assert coverage is not None
    return ProvisionTotals(
        group=group,
        issuer=issuer,
        number=number,
        version=version,
        provision=provision,
        coverage=coverage,
        stance=stance,
        says=_says(library, issuer, number, version, provision),
        citations=tuple(places[:MOST_CITATIONS]),
        more_places=max(len(places) - MOST_CITATIONS, 0),
    )


def _says(library: Library, issuer: str, number: str, version: str | None, provision: str) -> str | None:
    """A provision or listing in the policy file's words."""
    found = _version(library, issuer, number, version)
    if found is None:
        return None
    texts = {listing.id: listing.text for listing in found.code_listings}
    texts |= {one.id: one.text for one in found.provisions}
    return texts.get(provision)


def _version(library: Library, issuer: str, number: str, version: str | None) -> PolicyVersion | None:
    if (issuer, number) not in library.keys:
        return None
    versions = library.policy(number, issuer).versions
    return next((one for one in versions if one.version == version), None)


# -- what is open -------------------------------------------------------------------------------------------------------


def _open_questions(table: TotalsTable, library: Library, most: int) -> OpenQuestions:
    facts, count = _facts(table, library, most)
    return OpenQuestions(
        conditional=table.total(f"{BY_MONTH} AND coverage = 'conditional'"),
        delegated=table.total(f"{BY_MONTH} AND coverage = 'conditional' AND coalesce(ask, '') = ''"),
        authorization_only=table.total(f"{BY_MONTH} AND coverage <> 'conditional' AND prior_authorization = 'conditional'"),
        asking=table.total(_ASKS),
        settled_by_one=table.total(f"{_ASKS} AND NOT contains(ask, ' ')"),
        facts=facts,
        other_facts=count - len(facts),
        together=table.ranked(["list_aggregate(list_sort(string_split(ask, ' ')), 'string_agg', ' ')"], _ASKS, most=most),
    )


def _facts(table: TotalsTable, library: Library, most: int) -> tuple[tuple[FactTotals, ...], int]:
    """The facts at the top and how many there are. A fact means the same in all policies of an issuer."""
    policy = "policy_issuer, policy_number, policy_version"
    of_request = ", ".join(f"'{subject}'" for subject in RESERVED_SUBJECTS)
    sums = (
        "coalesce(sum(lines_sum){0}, 0), sum(charge_sum){0}, sum(allowed_sum){0}, sum(paid_sum){0}, "
        "coalesce(sum(changing_sum){0}, 0)"
    )
    alone = " FILTER (WHERE alone)"
    dollars = "lines_sum" if table.amount is None else f"{table.amount}_sum"
    rows = table.rows(
        f"WITH asked AS (SELECT {policy}, ask, {measures(named=True)} FROM {table.relation} "
        f"WHERE {_ASKS} GROUP BY {policy}, ask), "
        "each AS (SELECT unnest(list_distinct(string_split(ask, ' '))) AS fact, NOT contains(ask, ' ') AS alone, * FROM asked) "
        f"SELECT fact, CASE WHEN fact NOT IN ({of_request}) THEN policy_issuer END AS issuer, "
        # Whose words: those of the policy with the most lines.
        "max({'lines': lines_sum, 'issuer': policy_issuer, 'number': policy_number, 'version': policy_version}), "
        "count(DISTINCT (policy_issuer, policy_number)) FILTER (WHERE policy_number IS NOT NULL), "
        f"count(*) OVER (), {sums.format('')}, {sums.format(alone)} FROM each GROUP BY 1, 2 "
        f"ORDER BY sum({dollars}){alone} DESC NULLS LAST, sum({dollars}) DESC NULLS LAST, sum(lines_sum) DESC, fact, issuer "
        f"LIMIT {most:d}"
    )
    found = []
    for fact, issuer, words, policies, _, *figures in rows:
        asked, by_itself = totals_of(figures[:MEASURES]), totals_of(figures[MEASURES:])
        question = _question(library, fact, words["issuer"], words["number"], words["version"])
        found.append(FactTotals(fact=fact, issuer=issuer, question=question, policies=policies, asked=asked, alone=by_itself))
    return tuple(found), rows[0][4] if rows else 0


def _question(library: Library, fact: str, issuer: str | None, number: str | None, version: str | None) -> str | None:
    """The question's words: of a part of the request, else of the version, else of any policy of the issuer that asks it."""
    if fact in RESERVED_SUBJECTS:
        return RESERVED_SUBJECTS[fact][1]
    if issuer is None:
        return None
    of_version = None if number is None else _version(library, issuer, number, version)
    versions = [] if of_version is None else [of_version]
    if issuer in library.index:
        for at in library.index[issuer].facts.get(fact, ()):
            versions += reversed(library.policies[at].versions)
    return next((one.ask for version_of in versions for one in version_of.facts if one.id == fact), None)


def _notes(table: TotalsTable) -> tuple[Group, ...]:
    """A line with two notes is counted under both."""
    apart = f"(SELECT unnest(string_split(notes, ' ')) AS note, * FROM {table.relation} WHERE {BY_MONTH} AND notes <> '')"
    return TotalsTable(table.connection, apart, table.amount).groups(["note"], "true")
