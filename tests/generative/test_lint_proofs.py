"""What lint proves of provisions, against answers to random requests that tell everything: nothing is denied or missed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from medpolicy.authoring.lint.findings import Finding
from medpolicy.authoring.lint.proofs import proofs
from medpolicy.authoring.lint.subject import Subject
from medpolicy.engines import reference
from medpolicy.errors import RequestError
from medpolicy.formats.requests import read_request
from medpolicy.library.library import Library, library_of
from medpolicy.model import criteria as c
from medpolicy.model.determination import ReasonCode, ServiceDetermination
from medpolicy.model.issuer import Coverage, Stance
from medpolicy.model.policy import Authority, PolicyVersion
from tests.generative.strategies import SHA, issuer_of, policies
from tests.generative.test_diff import complete_requests

EXAMPLES = 250
APPLIED = {ReasonCode.PROVISION_MET, ReasonCode.PROVISION_OTHERWISE, ReasonCode.DELEGATED}


def ids(finding: Finding) -> list[str]:
    return [place.path.removeprefix("provisions[").removesuffix("]") for place in finding.places]


def pairs_of(found: Sequence[Finding]) -> set[frozenset[str]]:
    together = [one for one in found if one.kind.code in ("provisions-conflict", "stances-differ")]
    several = {frozenset(example.provisions) for one in together for example in one.examples}
    return several | {frozenset(ids(one)) for one in together if not one.examples}


def assert_claims_hold(version: PolicyVersion, found: Sequence[Finding], answer: ServiceDetermination) -> set[str]:
    """What the answer shows of the provisions, each of which the linter must have said, or must not have denied."""
    shown: set[str] = set()
    never = {name for one in found if one.kind.code == "provision-never-applies" for name in ids(one)}
    met = {reason.rule for reason in answer.reasons if reason.code is ReasonCode.PROVISION_MET}
    assert not never & met
    applied = sorted({reason.rule for reason in answer.reasons if reason.code in APPLIED and reason.rule is not None})
    if answer.stance is None and answer.coverage is not Coverage.NOT_ADDRESSED and len(applied) > 1:
        shown.add("pair")
        assert any(frozenset(pair) in pairs_of(found) for pair in combinations(applied, 2)), (applied, found)
    gaps = {name for one in found if one.kind.code == "gap-between-provisions" for name in ids(one)}
    not_met = {reason.rule for reason in answer.reasons if reason.code is ReasonCode.CRITERIA_NOT_MET}
    if answer.coverage is Coverage.NOT_ADDRESSED:
        for one in version.provisions:
            is_covering = one.stance is Stance.MEDICALLY_NECESSARY and one.when == c.ALWAYS and one.criteria != c.ALWAYS
            if one.id in not_met and one.otherwise is None and one.procedures is None and is_covering:
                shown.add("gap")
                assert one.id in gaps | never
    return shown


@pytest.mark.slow
def test_nothing_that_an_answer_shows_is_missed_or_denied() -> None:
    seen: Counter[str] = Counter()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        policy = data.draw(policies("first", "1", (Authority.PLAN_POLICY,)))
        library: Library = library_of([issuer_of("first")], [policy], "sha256:" + SHA)
        every = list(proofs(Subject(policy=policy, library=library)))
        for version in policy.versions:
            found = [one for one in every if one.places[0].file == f"{version.version}.yaml"]
            for _ in range(8):
                request = data.draw(complete_requests(version.effective.first_day))
                try:
                    read = read_request(request, library)
                except RequestError:
                    continue
                answer = reference.determine(read, library, as_of=read.service_date, engine="reference").services[0]
                seen.update(assert_claims_hold(version, found, answer))

    check()
    assert seen.keys() == {"pair", "gap"}
