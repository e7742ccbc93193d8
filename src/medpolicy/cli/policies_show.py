"""`medpolicy policies show`: a policy as a reader wants it, or what is known of it on a day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from medpolicy.cli.answers import place_in_words
from medpolicy.cli.options import JsonOption, LibraryOption, ShippedOption, day_of, library_of, print_json
from medpolicy.cli.policy_names import complete_policy, find_policy
from medpolicy.cli.quotes import Quotes
from medpolicy.cli.screen import Screen, open_screen
from medpolicy.errors import NotFound, UsageError
from medpolicy.explain.axes import basis_in_words, stance_in_words
from medpolicy.review.policy_view import policy_json, policy_on

_BASIS_COLOURS = {"on-file": "green", "unchanged": "green", "presumed-unchanged": "yellow", "not-on-file": "red"}
_ALWAYS_SHOWN = ("lines-of-business", "statements", "products", "coding", "authorization")
_LABEL = 18
Json = Mapping[str, Any]


def _complete(incomplete: str) -> list[str]:
    return complete_policy(library_of(None), incomplete)


def show_policy(
    policy: Annotated[str, typer.Argument(metavar="POLICY", help="Its number, or issuer/number.", autocompletion=_complete)],
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="What is known of this day, part by part.")] = None,
    version: Annotated[
        str | None, typer.Option("--version", metavar="VERSION", help="This version on file; the latest where left out.")
    ] = None,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """Show a policy: what it is, its lines, statements, facts, products, codes, authorization and history."""
    if on is not None and version is not None:
        raise UsageError("--on and --version do not go together; a day has its own versions, part by part")
    loaded = library_of(library, shipped=shipped)
    issuer, number = find_policy(loaded, policy)
    found = loaded.policy(number, issuer)
    view = (
        policy_json(found, loaded.issuers[issuer]) if on is None else policy_on(found, loaded.issuers[issuer], day_of(on, "--on"))
    )
    if version is not None:
        wanted = [one for one in view["versions"] if one["version"] == version]
        if not wanted:
            known = ", ".join(one["version"] for one in view["versions"])
            raise NotFound(f"no version {version!r} of {issuer}/{number} is on file; there are: {known}")
        view = {**view, "versions": wanted}
    view = Quotes().added_to(view)
    if as_json:
        print_json(view)
        return 0
    screen = open_screen()
    _show_identity(screen, view)
    if on is not None:
        _show_day(screen, view)
    else:
        _show_texts(screen, view)
    return 0


def _show_identity(screen: Screen, view: Json) -> None:
    screen.line((f"{view['issuer']} {view['number']}", "bold"), ": ", (view["title"], "bold"), hanging=2)
    _field(screen, "Issuer", view["issuer_name"])
    _field(screen, "Authority", view["authority"])
    for identifier in view["identifiers"]:
        _field(screen, identifier["system"], identifier["value"])
    for other in view["related"]:
        _field(screen, "Related", f"{other['number']}  {other['title']}")


def _field(screen: Screen, label: str, text: str) -> None:
    width = max(_LABEL, len(label) + 2)
    screen.line((f"{label + ':':<{width}}", "dim"), text, indent=2, hanging=width)


def _heading(screen: Screen, text: str) -> None:
    screen.blank()
    screen.line((text, "bold"))


def _cite(screen: Screen, one: Json, indent: int = 6) -> None:
    citation = one["citation"]
    screen.line((place_in_words(citation), "dim"), indent=indent, hanging=2)
    for line in citation.get("quote", ()):
        screen.verbatim(f"> {line}", indent=indent, style="cyan")


# -- a day ----------------------------------------------------------------------------------------------------------


def _show_day(screen: Screen, view: Json) -> None:
    _heading(screen, f"Known of {view['on']}")
    if view.get("before_first_policy"):
        screen.line("There was no policy yet. Its first event:", indent=2)
        _show_event(screen, view["first"])
        return
    for part in view["parts"]:
        if part["part"] not in _ALWAYS_SHOWN and not {"because_of", "last_touched", "next_touched"} & part.keys():
            continue  # no event speaks of it, and no answer rests on it
        basis = part["basis"]
        text = f", text of version {part['version']}" if "version" in part else ""
        screen.line(f"{part['part']:<20}", (basis, _BASIS_COLOURS[basis]), text, indent=2, hanging=20)
        if "because_of" in part:
            event = part["because_of"]
            screen.line(f"its text is another one because of {event['date']}: {event['text']}", indent=22, hanging=2)
        elif "last_touched" in part:
            event = part["last_touched"]
            screen.line(f"last touched {event['date']}: {event['text']}", indent=22, hanging=2)
        if "review_overdue" in part:
            screen.line(f"a review fell due in {part['review_overdue']}, and none is on file", indent=22, hanging=2)
    screen.blank()
    for basis in dict.fromkeys(part["basis"] for part in view["parts"]):
        screen.line((f"{basis}: ", _BASIS_COLOURS[basis]), basis_in_words(basis), indent=2, hanging=2)


# -- the texts on file ----------------------------------------------------------------------------------------------


def _show_texts(screen: Screen, view: Json) -> None:
    versions = view["versions"]
    if not versions:
        _heading(screen, "No text is on file")
    else:
        chosen = versions[-1]
        others = [one["version"] for one in versions[:-1]]
        _heading(screen, f"Text of version {chosen['version']}" + (f" (also on file: {', '.join(others)})" if others else ""))
        _show_version(screen, chosen)
    _heading(screen, "History")
    for event in view["history"]:
        _show_event(screen, event)


def _show_version(screen: Screen, version: Json) -> None:
    _field(screen, "Lines of business", ", ".join(version["lines_of_business"]))
    if version["statements"]:
        _heading(screen, "Statements")
    for one in version["statements"]:
        _show_statement(screen, one, version)
    if version["facts"]:
        _heading(screen, "Facts that it asks")
    for fact in version["facts"]:
        kind = f"{fact['type']}, {fact['unit']}" if "unit" in fact else fact["type"]
        screen.line((fact["id"], "bold"), f" ({kind}): {fact['ask']}", indent=2, hanging=4)
        for value, meaning in fact.get("choices", {}).items():
            screen.line(f"{value}: {meaning}", indent=6, hanging=4)
    for products in version["product_lists"]:
        _heading(screen, f"Products of {products['provision']}")
        for product in products["products"]:
            screen.line(f"{product['name']} ({product['manufacturer']})", indent=2, hanging=4)
        _implied(screen, products["products"])
    for listing in version["code_listings"]:
        how = f"each by itself {stance_in_words(listing['stance'])}" if "stance" in listing else "decided by the statements"
        _heading(screen, f"Codes ({listing['system'].upper()}), {how}")
        screen.line(listing["text"], indent=2, hanging=2)
        screen.line(", ".join(listing["codes"]), indent=2, hanging=2)
        _cite(screen, listing, indent=4)
    for listing in version["diagnosis_listings"]:
        _heading(screen, f"Diagnoses: {listing['id']}")
        screen.line(listing["text"], indent=2, hanging=2)
        screen.line(listing["codes"], indent=2, hanging=2)
        _cite(screen, listing, indent=4)
    if version["authorization"]:
        _heading(screen, "Prior authorization")
    for rule in version["authorization"]:
        lines = ", ".join(rule["lines_of_business"])
        screen.line(f"{rule['setting']}, {lines}: ", (rule["rule"], "bold"), indent=2, hanging=4)
        _cite(screen, rule)


def _implied(screen: Screen, products: Sequence[Json]) -> None:
    implied = {tuple(product["implies"].items()) for product in products}
    for facts in sorted(implied):
        screen.line(
            ("Naming one answers: " + ", ".join(f"{fact} = {value}" for fact, value in facts), "dim"), indent=2, hanging=4
        )


def _show_statement(screen: Screen, one: Json, version: Json) -> None:
    screen.line((one["id"], "bold"), ": ", (stance_in_words(one["stance"]), "bold"), f" ({one['coverage']})", indent=2, hanging=2)
    screen.line(one["text"], indent=4)
    if one["lines_of_business"] != version["lines_of_business"]:
        screen.line(f"for {', '.join(one['lines_of_business'])}", indent=4, hanging=2)
    if "procedures" in one:
        screen.line(f"names {one['procedures']}", indent=4, hanging=2)
    for name in ("when", "criteria"):
        if name in one:
            screen.line((f"{name}:", "dim"), indent=4)
            for line in one[name]:
                depth = len(line) - len(line.lstrip())
                screen.line(line.lstrip(), indent=6 + depth, hanging=2)
    if "otherwise" in one:
        said = one.get("otherwise_text", "")
        screen.line(f"otherwise {stance_in_words(one['otherwise'])}" + (f": {said}" if said else ""), indent=4, hanging=2)
    for whose in one.get("delegated_to", ()):
        screen.line(f"whose criteria decide: {whose}", indent=4, hanging=2)
    _cite(screen, one)


def _show_event(screen: Screen, event: Json) -> None:
    effective = f" (effective {event['effective']})" if "effective" in event else ""
    screen.line((f"{event['date']}{effective}", "bold"), f"  {event['text']}", indent=2, hanging=9)
    said = [
        f"{word} {', '.join(event[name])}"
        for name, word in (
            ("touches", "touches"),
            ("unchanged", "leaves unchanged"),
            ("codes_added", "adds"),
            ("codes_removed", "removes"),
        )
        if name in event
    ]
    if said:
        screen.line(("; ".join(said), "dim"), indent=11, hanging=2)
    _cite(screen, event, indent=11)
