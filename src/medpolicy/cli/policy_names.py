"""A policy as a person names it: `254`, or `bcbsma/254` where two issuers have that number."""

from __future__ import annotations

from medpolicy.cli.request_options import did_you_mean
from medpolicy.errors import NotFound
from medpolicy.library.library import Library


def find_policy(library: Library, name: str) -> tuple[str, str]:
    """The issuer and number of the policy; `NotFound` with those that are like it, or with all that it may mean."""
    issuer, slash, number = name.rpartition("/")
    found = [key for key in library.keys if key[1] == number and (not slash or key[0] == issuer)]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(f"more than one issuer has a policy {number!r}; name one: {', '.join('/'.join(key) for key in found)}")
    known = ["/".join(key) for key in library.keys]
    like = did_you_mean(name, known if slash else [*dict.fromkeys(key[1] for key in library.keys)])
    raise NotFound(f"no policy {name!r} is in the library; `medpolicy policies list` shows those that are{like}")


def complete_policy(library: Library, incomplete: str) -> list[str]:
    """Numbers that begin so, and `issuer/number`."""
    numbers = [number for _, number in library.keys if number.startswith(incomplete)]
    return numbers or [f"{issuer}/{number}" for issuer, number in library.keys if f"{issuer}/{number}".startswith(incomplete)]
