"""Pairs of requests and answers, without a library."""

from __future__ import annotations

import io
import json
from datetime import date
from typing import Any

import pytest

from medpolicy import RequestError
from medpolicy.review.replay import Replay, replay


def answer(identity: str | None, **more: Any) -> dict[str, Any]:
    return {"id": identity, "library": "l", "engine": "e", "as_of": "2025-01-01", "services": [{"coverage": "covered"}], **more}


def lines(values: list[Any]) -> io.BytesIO:
    return io.BytesIO(b"\n".join(json.dumps(value).encode() for value in values))


def run(answers: list[Any], requests: list[Any]) -> Replay:
    def decide(request: Any, as_of: date) -> dict[str, Any]:
        if request.get("bad"):
            raise RequestError("wrong-type", None, "no", request.get("id"))
        return answer(request.get("id"), as_of=as_of.isoformat())

    return replay(lines(answers), lines(requests), decide)


@pytest.mark.parametrize(
    ("answers", "requests", "pairs", "lone"),
    [
        ([], [], [], (0, 0)),
        (["a", "b"], ["a", "b"], [(1, 1), (2, 2)], (0, 0)),
        (["b", "a"], ["a", "b"], [(1, 2), (2, 1)], (0, 0)),
        ([None, None], [None, None], [(1, 1), (2, 2)], (0, 0)),
        ([None], [None, None], [], (2, 1)),
        (["a", "a"], ["a", "a"], [(1, 1), (2, 2)], (0, 0)),
        (["a", "a"], ["a"], [(1, 1)], (0, 1)),
        (["b", None], [None, "b"], [(1, 2), (2, 1)], (0, 0)),
        (["z"], ["a"], [], (1, 1)),
    ],
)
def test_pairs(answers, requests, pairs, lone):
    found = run([answer(one) for one in answers], [{} if one is None else {"id": one} for one in requests])
    assert [(one.request, one.answer) for one in found.compared] == pairs
    assert (len(found.requests_without_answer), len(found.answers_without_request)) == lone
    assert found.differing == ()
    assert found.equal is (lone == (0, 0))


def test_refusals_on_either_side():
    refused = {"id": "a", "error": {"code": "wrong-type", "field": None, "message": "no"}}
    assert run([refused], [{"id": "a", "bad": True}]).equal
    (now,) = run([refused], [{"id": "a"}]).differing
    assert [(change.before, change.now) for change in now.changes] == [("refused: wrong-type", "answered")]
    (before,) = run([answer("a")], [{"id": "a", "bad": True}]).differing
    assert [(change.before, change.now) for change in before.changes] == [("answered", "refused: wrong-type")]


def test_lists_that_differ_in_number_only():
    old = answer("a", services=[{"coverage": "covered", "notes": [1, 1]}])

    def decide(request: Any, as_of: date) -> dict[str, Any]:
        return answer("a", services=[{"coverage": "covered", "notes": [1]}])

    (one,) = replay(lines([old]), lines([{"id": "a"}]), decide).differing
    assert [change.part for change in one.changes] == ["notes (order or number)"]


def test_a_part_that_is_no_list():
    old = answer("a", services=[{"coverage": "covered", "notes": "none"}])
    (one,) = run([old], [{"id": "a"}]).differing
    assert [(change.part, change.before, change.now) for change in one.changes] == [("notes", "none", None)]
