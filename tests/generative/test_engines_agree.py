"""Both engines answer alike, on random policies and requests: every axis, reasons, questions and notes."""

from __future__ import annotations

from datetime import date
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from medpolicy.model import criteria as c
from medpolicy.model.determination import ReasonCode
from medpolicy.review.determine import determination_of, determine, prepare
from tests.generative.strategies import libraries, requests

AS_OF = date(2024, 6, 1)
EXAMPLES = 2000


def _node_types() -> set[str]:
    kinds = set()
    for kind in (*get_args(c.Test), c.AllOf, c.AnyOf, c.AtLeast, c.Not):
        kinds.update(member.__name__ for member in (get_args(kind) or (kind,)))
    return kinds


@pytest.mark.slow
def test_engines_agree() -> None:
    nodes: set[str] = set()
    reasons: set[ReasonCode] = set()
    answers: set[tuple[object, ...]] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.generate, Phase.shrink),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        library = data.draw(libraries())
        if data.draw(st.booleans()):
            prepare(library)
        for policy in library.policies:
            for version in policy.versions:
                for provision in version.provisions:
                    for tree in (provision.when, provision.criteria):
                        nodes.update(type(node).__name__ for node in c.walk(tree))
        for _ in range(4):
            request = data.draw(requests(library))
            reference = determination_of(request, library, as_of=AS_OF, engine="reference")
            compiled = determination_of(request, library, as_of=AS_OF, engine="compiled")
            for one, other in zip(reference.services, compiled.services, strict=True):
                assert one == other
                reasons.update(reason.code for reason in one.reasons)
                answers.add((one.coverage, one.prior_authorization, bool(one.questions)))
            assert reference == compiled
            in_words = determine(request, library, as_of=AS_OF, engine="reference")
            assert in_words == determine(request, library, as_of=AS_OF, engine="compiled")

    check()
    assert nodes == _node_types(), "the generator never made these nodes"
    assert reasons == set(ReasonCode), "no random request came to these reasons"
    assert len(answers) > 12
