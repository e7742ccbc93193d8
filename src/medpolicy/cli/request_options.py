"""The options of `medpolicy check` -> a request, and an error of the request -> the option that it is about.

What a person writes ("4 mm", "yes") is turned into the request's own form here, by the type that the policies give to the
fact. Likeness is used to suggest a name, never to choose one.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import Any

from medpolicy.errors import InvalidModel, RequestError
from medpolicy.library.library import FactForm, Library
from medpolicy.model.facts import FactType
from medpolicy.model.issuer import Program
from medpolicy.model.period import parse_duration
from medpolicy.model.products import product_key
from medpolicy.model.quantity import UNITS, parse_quantity

_TRUTH = {"true": True, "yes": True, "y": True, "false": False, "no": False, "n": False}
_OPTIONS = {
    "service_date": "--date",
    "line_of_business": "--line",
    "issuer": "--issuer",
    "setting": "--setting",
    "procedures": "CODE",
    "diagnoses": "--diagnosis",
    "products": "--product",
    "facts": "--fact",
    "member.age": "--age",
    "member.sex": "--sex",
    "service_state": "--state",
}
NONE = "none"


def option_of(field: str | None) -> str:
    """The option that a field of the request came from; the field itself where none did."""
    if field is None:
        return "the request"
    for name, option in _OPTIONS.items():
        if field == name or field.startswith((f"{name}.", f"{name}[")):
            rest = field[len(name) :]
            if rest.startswith("."):
                return f"{option} {rest[1:]}"
            place = re.fullmatch(r"\[(\d+)\].*", rest)
            return f"{option} (number {int(place[1]) + 1})" if place and int(place[1]) else option
    return field


def texts(values: Sequence[str] | None) -> list[str] | None:
    """A list of names or codes; the single word `none` tells that there are none, and None that nothing was told."""
    if not values:
        return None
    return [] if [value.casefold() for value in values] == [NONE] else list(values)


def split_fact(text: str) -> tuple[str, str]:
    """The name and the value of `name=value`."""
    name, sign, value = text.partition("=")
    if not sign or not name.strip() or not value.strip():
        raise RequestError("wrong-type", "facts", "write a fact as name=value, such as contains_viable_stem_cells=yes")
    return name.strip(), value.strip()


def issuers_of(library: Library, line: str | None, issuer: str | None) -> list[str]:
    """The issuers that a request may mean."""
    if issuer is not None:
        return [issuer] if issuer in library.issuers else []
    return list(library.lines.get(line, ())) if line is not None else list(library.issuers)


def fact_forms(library: Library, issuers: Sequence[str]) -> dict[str, FactForm]:
    """The facts that the issuers' policies ask, and for Medicare Advantage those of Medicare's own."""
    found: dict[str, FactForm] = {}
    for name in issuers:
        found |= library.index[name].fact_forms
        lines = library.issuers[name].lines_of_business
        if any(line.program is Program.MEDICARE_ADVANTAGE for line in lines):
            for at in library.medicare:
                found = library.index[library.keys[at][0]].fact_forms | found
    return found


def fact_value(form: FactForm, text: str, field: str) -> Any:
    """The value in the request's form; `RequestError` where the text is none of the fact's type."""
    try:
        match form.type:
            case FactType.BOOLEAN:
                if text.casefold() not in _TRUTH:
                    raise RequestError("wrong-type", field, "answer yes or no (true and false are read too)")
                return _TRUTH[text.casefold()]
            case FactType.CHOICE:
                chosen = {choice.casefold(): choice for choice in form.choices}.get(text.casefold())
                if chosen is None:
                    raise RequestError("wrong-type", field, _choices(form.choices, text))
                return chosen
            case FactType.NUMBER:
                return _number(form, text, field)
            case FactType.DURATION:
                since = text.removeprefix("since ").strip()
                if re.fullmatch(r"\d{4}-\d{2}-\d{2}", since, re.ASCII):
                    return {"since": since}
                length = parse_duration(text)
                return {"value": _plain(length.amount), "unit": length.unit.value}
            case FactType.DATE:
                return text
    except InvalidModel as error:
        raise RequestError("wrong-type", field, str(error)) from None


def _number(form: FactForm, text: str, field: str) -> Any:
    units = [unit for unit, (dimension, _) in UNITS.items() if dimension == form.dimension]
    number = parse_quantity(text)
    if form.dimension == "count" and number.unit == "1":
        return _plain(number.amount)
    if number.dimension != form.dimension:
        raise RequestError("wrong-type", field, f"write the number with its unit, such as '4 {units[0]}' ({', '.join(units)})")
    return {"value": _plain(number.amount), "unit": number.unit}


def _plain(amount: Any) -> int | float:
    return int(amount) if amount.denominator == 1 else float(amount)


def _choices(choices: Sequence[str], text: str) -> str:
    return f"one of: {', '.join(choices)}" + did_you_mean(text, choices)


def did_you_mean(text: str, known: Sequence[str], *, most: int = 3) -> str:
    """A sentence that suggests the names that are most like a text; empty where none is."""
    close = difflib.get_close_matches(text.casefold(), [name.casefold() for name in known], n=most, cutoff=0.6)
    named = list(dict.fromkeys(name for one in close for name in known if name.casefold() == one))
    return f". Did you mean {' or '.join(named)}?" if named else ""


def similar_products(library: Library, issuer: str, name: str) -> list[str]:
    """The issuer's products whose names are like this one, or contain it, as their policies print them."""
    index = library.index[issuer].products
    key = product_key(name)
    close = [
        *(known for known in index if len(key) > 2 and (key in known or known in key)),
        *difflib.get_close_matches(key, index, n=3, cutoff=0.6),
    ]
    found = []
    for one in dict.fromkeys(close):
        policy = library.policies[index[one][-1]]
        names = [
            product.name
            for version in reversed(policy.versions)
            for products in version.product_lists
            for product in products.products
            if one in {product_key(name) for name in (product.name, *product.aliases)}
        ]
        found += names[:1]
    return list(dict.fromkeys(found))[:5]
