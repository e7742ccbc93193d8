"""One request, answered: read and checked, decided, put into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import partial
from typing import Any

from medpolicy.engines import compiled, reference
from medpolicy.explain.words import EnglishWords
from medpolicy.formats.answers import answer_json
from medpolicy.formats.requests import read_request
from medpolicy.library.library import Library
from medpolicy.model.determination import Determination
from medpolicy.model.request import Request

ENGINE = "medpolicy 0.1.0"
_WORDS = EnglishWords()
Engine = Callable[..., Determination]
ENGINES: dict[str, Engine] = {"reference": reference.determine, "compiled": partial(compiled.determine, words=_WORDS)}


def determination_of(
    request: Mapping[str, Any] | Request, library: Library, *, as_of: date, engine: str = "compiled"
) -> Determination:
    """The determination of a request, as a value of the model. `engine`: a name of `ENGINES`; they answer alike."""
    read = request if isinstance(request, Request) else read_request(request, library)
    return ENGINES[engine](read, library, as_of=as_of, engine=ENGINE)


def determine(request: Mapping[str, Any] | Request, library: Library, *, as_of: date, engine: str = "compiled") -> dict[str, Any]:
    """The answer to a request, as plain JSON values; `RequestError` where it cannot be answered as it stands.

    `as_of` is the day of asking: it is recorded, and decides nothing but notes.
    """
    read = request if isinstance(request, Request) else read_request(request, library)
    if engine == "compiled":
        return compiled.answer(read, library, as_of=as_of, engine=ENGINE, words=_WORDS)
    return answer_json(ENGINES[engine](read, library, as_of=as_of, engine=ENGINE), _WORDS)


def prepare(library: Library, policies: Iterable[str] | None = None) -> None:
    """Compile policies now rather than when they are first asked about: for a service that must answer its first request fast.

    `policies`: numbers as the issuers print them; all of the library's where left out, which takes some milliseconds per policy
    and code.
    """
    index = compiled.index_of(library, _WORDS)
    wanted = None if policies is None else set(policies)
    for at, (_, number) in enumerate(library.keys):
        if wanted is None or number in wanted:
            index.prepare(at)
