"""One decision, in process: ours, zen-engine's, and a plain dict's, on the same 10,000 requests in one run."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from types import FunctionType, ModuleType
from typing import Any

import zen

from benchmarks.requests import AS_OF, requests_for_254
from benchmarks.zen_model import AXES, bare_model, context_of, model
from medpolicy import Library, determine, load_library, prepare

ROUNDS = 5


def timed(function: Callable[[Any], Any], items: list[Any]) -> list[float]:
    """Microseconds of each call; of several rounds the one whose median is the middle one."""
    rounds = []
    clock = time.perf_counter_ns
    for _ in range(ROUNDS):
        gc.collect()
        taken = []
        for item in items:
            start = clock()
            function(item)
            taken.append((clock() - start) / 1000)
        rounds.append(sorted(taken))
    return sorted(rounds, key=lambda taken: taken[len(taken) // 2])[ROUNDS // 2]


def median(taken: list[float]) -> float:
    return taken[len(taken) // 2]


def p99(taken: list[float]) -> float:
    return taken[len(taken) * 99 // 100]


def report(name: str, taken: list[float], base: float) -> None:
    print(f"  {name:44s} {median(taken) / base:7.2f}x   median {median(taken):7.2f} us   p99 {p99(taken):7.2f} us")


def run(library: Library | None = None, count: int = 10_000) -> dict[str, float]:
    """Print the figures; the medians by name."""
    library = library or load_library()
    requests = requests_for_254(library, count)
    engine = zen.ZenEngine()
    decision, bare = engine.create_decision(zen.ZenDecisionContent(model(library))), engine.create_decision(bare_model())
    contexts = [context_of(request, library) for request in requests]
    start = time.perf_counter()
    prepare(library, ["254"])
    print(f"prepared from the policy, before any request: {(time.perf_counter() - start) * 1000:.0f} ms")
    before = _kept(library)
    answers = [determine(request, library, as_of=AS_OF) for request in requests]
    _verify_equal(answers, [decision.evaluate(context)["result"] for context in contexts], requests)
    keys = [
        (request.get("procedures", [""])[0], request["service_date"], request["line_of_business"], request.get("setting"))
        for request in requests
    ]
    known = dict(zip(keys, answers, strict=True))

    ours = timed(lambda request: determine(request, library, as_of=AS_OF), requests)
    zens = timed(decision.evaluate, contexts)
    bares = timed(bare.evaluate, contexts)
    dicts = timed(known.__getitem__, keys)
    base = median(ours)
    if _kept(library) != before:
        raise SystemExit("the engine kept something of a request")
    print(f"one decision, {count:,} distinct requests, dict to answer dict (1.00x is ours):")
    report("medpolicy: axes, reasons, citations, questions", ours, base)
    report("zen-engine: the four axes, input prepared", zens, base)
    report("zen-engine: the bare call of an empty model", bares, base)
    report("a dict of ready answers (the limit)", dicts, base)
    print(f"  equal on the four axes: {count:,} of {count:,}; zen-engine takes {median(zens) / base:.1f}x our time")
    _by_kind(library, requests, ours)
    return {"ours": base, "zen": median(zens), "bare": median(bares), "dict": median(dicts)}


def _kept(library: Library) -> int:
    """How many objects hang on the compiled index: as many after the requests as before, or something was kept of them."""
    seen: dict[int, object] = {}
    open_: list[object] = [library.compiled]
    while open_:
        found = open_.pop()
        if id(found) not in seen and not isinstance(found, ModuleType | type | FunctionType):
            seen[id(found)] = found
            open_ += gc.get_referents(found)
    return len(seen)


def _verify_equal(answers: list[Any], results: list[Any], requests: list[Any]) -> None:
    for answer, result, request in zip(answers, results, requests, strict=True):
        service = answer["services"][0]
        ours = {name: service.get(name, "") for name in AXES}
        theirs = {name: result.get(name) for name in AXES}
        if ours != theirs:
            raise SystemExit(f"unequal answers: ours {ours}, zen-engine {theirs}, request {request}")


def _by_kind(library: Library, requests: list[Any], _: list[float]) -> None:
    told = [request for request in requests if "facts" in request or "products" in request]
    bare = [request for request in requests if "facts" not in request and "products" not in request]
    for name, group in (("with facts or products", told), ("with neither", bare)):
        taken = timed(lambda request: determine(request, library, as_of=AS_OF), group)
        print(f"    {len(group):6,} {name:37s}             median {median(taken):7.2f} us   p99 {p99(taken):7.2f} us")


if __name__ == "__main__":
    run()
