"""Answers of an earlier day, decided again: what differs, and whether the library, a policy's version or the engine changed.

Each request is decided with the day of asking that its answer records. Quotes are left out of the comparison: they depend on
what is attached on a machine.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from medpolicy.errors import RequestError
from medpolicy.formats.answers import error_json
from medpolicy.formats.json_text import MAXIMUM_BYTES, read_json
from medpolicy.review.lines import ByteLines, lines_of

_AXES = ("procedure", "modifiers", "coverage", "stance", "prior_authorization", "basis", "policy")
_WHY = ("reasons", "questions", "notes", "related")
_LONGEST_ANSWER = 256 * 1024 * 1024  # an answer is longer than its request, but it has an end

Json = dict[str, Any]
Decide = Callable[[Any, date], Json]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs: in which service (None: the answer as a whole), of which part, what it was and what it is."""

    service: int | None
    part: str
    before: Any
    now: Any


@dataclass(frozen=True, slots=True)
class Replayed:
    """A request that was decided again: where it and its answer stand (lines that are not blank, from 1), and what differs.

    `because` names what else differs between then and now: `library`, `policy-version`, `engine`; none of them where only
    the code, or the file of answers, can have changed.
    """

    id: str | None
    request: int
    answer: int
    changes: tuple[Change, ...]
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replay:
    """The whole comparison. `unreadable` are lines of the answers that are no answers."""

    compared: tuple[Replayed, ...]
    requests_without_answer: tuple[tuple[int, str | None], ...]
    answers_without_request: tuple[tuple[int, str | None], ...]
    unreadable: tuple[tuple[int, str], ...]
    libraries: tuple[str, ...]
    engines: tuple[str, ...]

    @property
    def differing(self) -> tuple[Replayed, ...]:
        return tuple(one for one in self.compared if one.changes)

    @property
    def equal(self) -> bool:
        return not (self.differing or self.requests_without_answer or self.answers_without_request)


@dataclass(frozen=True, slots=True)
class _Line:
    at: int
    id: str | None
    value: Any  # of a request: the JSON value, or the `RequestError` that it meets


def replay(answers: ByteLines, requests: ByteLines, decide: Decide) -> Replay:
    """Decide the requests again and compare. `decide` answers a request as of a day, or raises `RequestError`."""
    unreadable: list[tuple[int, str]] = []
    old = list(_answers(answers, unreadable))
    asked = list(_requests(requests))
    pairs, lone_requests, lone_answers = _pairs(asked, old)
    days = [line.value["as_of"] for line in old if "as_of" in line.value]
    compared = []
    for request, answer in pairs:
        day = date.fromisoformat(answer.value.get("as_of") or (days[0] if days else date.max.isoformat()))
        now = _decided(request, decide, day)
        changes = tuple(_changes(answer.value, now))
        because = tuple(_because(answer.value, now)) if changes else ()
        compared.append(Replayed(answer.id, request.at, answer.at, changes, because))
    return Replay(
        compared=tuple(compared),
        requests_without_answer=tuple((line.at, line.id) for line in lone_requests),
        answers_without_request=tuple((line.at, line.id) for line in lone_answers),
        unreadable=tuple(unreadable),
        libraries=tuple(dict.fromkeys(line.value["library"] for line in old if "library" in line.value)),
        engines=tuple(dict.fromkeys(line.value["engine"] for line in old if "engine" in line.value)),
    )


def _answers(stream: ByteLines, unreadable: list[tuple[int, str]]) -> Iterator[_Line]:
    for at, line in enumerate(lines_of(stream, limit=_LONGEST_ANSWER), start=1):
        value: Any = None
        try:
            value = None if line is None else json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            value = None
        problem = _problem(value)
        if problem is None:
            yield _Line(at, value["id"], value)
        else:
            unreadable.append((at, problem))


def _problem(value: Any) -> str | None:
    """Why a value is no answer; None where it is one."""
    if not isinstance(value, dict):
        return "no JSON object"
    if not isinstance(value.get("id", 0), str | None):
        return "no `id`"
    if "error" in value:
        return None if isinstance(value["error"], dict) else "`error` is no object"
    for key in ("library", "engine", "as_of"):
        if not isinstance(value.get(key), str):
            return f"no `{key}`"
    try:
        date.fromisoformat(value["as_of"])
    except ValueError:
        return "`as_of` is no date"
    services = value.get("services")
    if not isinstance(services, list) or not all(isinstance(service, dict) for service in services):
        return "no `services`"
    return None


def _requests(stream: ByteLines) -> Iterator[_Line]:
    for at, line in enumerate(lines_of(stream), start=1):
        try:
            if line is None:
                raise RequestError("too-large", None, f"the request has more than {MAXIMUM_BYTES:,} bytes; no more are read")
            value = read_json(line)
        except RequestError as error:
            yield _Line(at, error.request_id, error)
            continue
        named = value.get("id") if isinstance(value, dict) else None
        yield _Line(at, named if isinstance(named, str) else None, value)


def _pairs(requests: Sequence[_Line], answers: Sequence[_Line]) -> tuple[list[tuple[_Line, _Line]], list[_Line], list[_Line]]:
    """Requests with their answers: in order where that fits, else by id; and those that have no partner."""
    if [line.id for line in requests] == [line.id for line in answers]:
        return list(zip(requests, answers, strict=True)), [], []
    waiting: dict[str | None, list[_Line]] = {}
    for answer in answers:
        waiting.setdefault(answer.id, []).append(answer)
    nameless = sum(request.id is None for request in requests)
    if len(waiting.get(None, ())) != nameless:
        waiting.pop(None, None)  # without an id, and not as many: nobody can say which is whose
    pairs, lone = [], []
    for request in requests:
        found = waiting.get(request.id)
        if found:
            pairs.append((request, found.pop(0)))
        else:
            lone.append(request)
    paired = {answer.at for _, answer in pairs}
    return pairs, lone, [answer for answer in answers if answer.at not in paired]


def _decided(request: _Line, decide: Decide, day: date) -> Json:
    try:
        if isinstance(request.value, RequestError):
            raise request.value
        return decide(request.value, day)
    except RequestError as error:
        return error_json(error)


def _changes(before: Json, now: Json) -> Iterator[Change]:
    if "error" in before or "error" in now:
        if ("error" in before) != ("error" in now):
            yield Change(None, "answer", _refused_or_answered(before), _refused_or_answered(now))
            return
        for key in ("code", "field", "message"):
            if before["error"].get(key) != now["error"].get(key):
                yield Change(None, f"error.{key}", before["error"].get(key), now["error"].get(key))
        return
    if before["id"] != now["id"]:
        yield Change(None, "id", before["id"], now["id"])
    if len(before["services"]) != len(now["services"]):
        yield Change(None, "services", len(before["services"]), len(now["services"]))
        return
    for at, (old, new) in enumerate(zip(before["services"], now["services"], strict=True)):
        for part in _AXES:
            if old.get(part) != new.get(part):
                yield Change(at, part, old.get(part), new.get(part))
        for part in _WHY:
            old_entries, new_entries = _without_quotes(old.get(part)), _without_quotes(new.get(part))
            if old_entries != new_entries:
                yield from _of_entries(at, part, old_entries, new_entries)


def _of_entries(at: int, part: str, before: Any, now: Any) -> Iterator[Change]:
    """What was dropped and what was added; where neither, their order."""
    if not isinstance(before, list) or not isinstance(now, list):
        yield Change(at, part, before, now)
        return
    dropped = [entry for entry in before if entry not in now]
    added = [entry for entry in now if entry not in before]
    if dropped or added:
        yield Change(at, part, dropped, added)
    else:
        yield Change(at, f"{part} (order or number)", before, now)


def _without_quotes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_quotes(item) for key, item in value.items() if key != "quote"}
    if isinstance(value, list):
        return [_without_quotes(item) for item in value]
    return value


def _refused_or_answered(answer: Json) -> str:
    return f"refused: {answer['error'].get('code')}" if "error" in answer else "answered"


def _because(before: Json, now: Json) -> Iterator[str]:
    if "error" in before or "error" in now:
        return
    if before["library"] != now["library"]:
        yield "library"
    versions = [[service.get("policy") for service in answer["services"]] for answer in (before, now)]
    if versions[0] != versions[1]:
        yield "policy-version"
    if before["engine"] != now["engine"]:
        yield "engine"
