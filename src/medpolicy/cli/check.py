"""`medpolicy check`: one request, for a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from medpolicy.cli.answers import show_answer
from medpolicy.cli.asking import ask_line_of_business, ask_open_questions
from medpolicy.cli.options import AsOfOption, JsonOption, LibraryOption, ShippedOption, day_of, library_of, print_json, today
from medpolicy.cli.quotes import Quotes
from medpolicy.cli.request_options import did_you_mean, fact_forms, fact_value, issuers_of, option_of, split_fact, texts
from medpolicy.cli.screen import at_a_terminal, open_screen
from medpolicy.errors import RequestError
from medpolicy.library.library import Library
from medpolicy.review.determine import determine

app = typer.Typer(add_completion=False, rich_markup_mode=None)

_EPILOG = """\b
Examples:
  medpolicy check 0565T --line commercial-hmo-pos
  medpolicy check 20930 --line medicare-hmo --setting outpatient --product Map3
  medpolicy check 36475 --line florida-blue-commercial --date 2025-09-01 --fact vein_treated=great-saphenous
  medpolicy check 20930 22633-22 --line commercial-hmo-pos --fact contains_viable_stem_cells=yes --json

\b
Values of a fact: yes or no; '4 mm'; '3 months' or a date since when; a choice; a date as YYYY-MM-DD.
`--product none` and `--diagnosis none` tell that there are none; leaving them out tells nothing.
Exit statuses: 0 answered; 2 the request was refused; 3 faults in policy files; 64 wrong usage.
"""


def _lines(incomplete: str) -> list[str]:
    return [line for line in library_of(None).lines if line.startswith(incomplete)]


def _products(incomplete: str) -> list[str]:
    found = {
        name for index in library_of(None).index.values() for name in index.products if name.startswith(incomplete.casefold())
    }
    return sorted(found)


def _facts(incomplete: str) -> list[str]:
    return sorted(
        {f"{name}=" for index in library_of(None).index.values() for name in index.facts if name.startswith(incomplete)}
    )


@app.command(short_help="Ask about a service, and see the answer with its reasons.", epilog=_EPILOG)
def check(
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="CODE...", help="Procedure codes, with modifiers where there are any: 0565T-RT.")
    ] = None,
    line: Annotated[
        str | None,
        typer.Option("--line", metavar="LINE", help="The line of business.", autocompletion=_lines),
    ] = None,
    setting: Annotated[
        str | None,
        typer.Option("--setting", help="inpatient or outpatient.", autocompletion=lambda: ["inpatient", "outpatient"]),
    ] = None,
    day: Annotated[
        str | None, typer.Option("--date", metavar="DATE", help="The service date, YYYY-MM-DD; today where left out.")
    ] = None,
    product: Annotated[
        list[str] | None,
        typer.Option("--product", metavar="NAME", help="A product that is used; may be repeated.", autocompletion=_products),
    ] = None,
    fact: Annotated[
        list[str] | None,
        typer.Option("--fact", metavar="NAME=VALUE", help="Something known; may be repeated.", autocompletion=_facts),
    ] = None,
    diagnosis: Annotated[
        list[str] | None, typer.Option("--diagnosis", metavar="CODE", help="An ICD-10-CM code; may be repeated.")
    ] = None,
    age: Annotated[int | None, typer.Option("--age", metavar="YEARS", help="The member's age on the service date.")] = None,
    sex: Annotated[str | None, typer.Option("--sex", help="female, male, other or unknown.")] = None,
    state: Annotated[
        str | None, typer.Option("--state", metavar="STATE", help="The state in which the service is given, such as MA.")
    ] = None,
    issuer: Annotated[
        str | None, typer.Option("--issuer", metavar="ISSUER", help="Where several issuers have this line of business.")
    ] = None,
    as_of: AsOfOption = None,
    library: LibraryOption = None,
    shipped: ShippedOption = False,
    as_json: JsonOption = False,
) -> int:
    """What a plan's medical policies say of a service, with the reasons and where they stand.

    At a terminal, open questions are asked; in a pipe they are printed.
    """
    asked_on = day_of(as_of, "--as-of")
    loaded = library_of(library, shipped=shipped)
    asking = at_a_terminal() and not as_json
    screen = open_screen()
    if line is None and asking:
        issuer, line = ask_line_of_business(screen, loaded, issuer)
    told: dict[str, Any] = {
        "issuer": issuer,
        "service_date": day or today().isoformat(),
        "line_of_business": line,
        "setting": setting,
        "procedures": list(codes) if codes else None,
        "diagnoses": texts(diagnosis),
        "products": texts(product),
        "member": {name: value for name, value in (("age", age), ("sex", sex)) if value is not None} or None,
        "service_state": state.upper() if state is not None else None,
    }
    request = {name: value for name, value in told.items() if value is not None}

    def decide(asked: Any) -> dict[str, Any]:
        return determine(asked, loaded, as_of=asked_on)

    try:
        if fact:
            request["facts"] = _facts_told(fact, loaded, line, issuer)
        answer = decide(request)
        if asking:
            of = issuer if issuer is not None else loaded.lines[request["line_of_business"]][0]
            request, answer = ask_open_questions(screen, request, decide, loaded, of)
    except RequestError as error:
        raise RequestError(error.code, option_of(error.field), _with_suggestion(error, line, loaded)) from None
    answer = Quotes().added_to(answer)
    if as_json:
        print_json(answer)
    else:
        show_answer(screen, answer, request, loaded)
    return 0


def _facts_told(facts: list[str], library: Library, line: str | None, issuer: str | None) -> dict[str, Any]:
    """The facts in the request's form, each by the type that the policies give to it."""
    told: dict[str, Any] = {}
    forms = fact_forms(library, issuers_of(library, line, issuer))
    for text in facts:
        name, value = split_fact(text)
        if name not in forms and (line is None or line in library.lines):
            message = "no policy of this issuer asks this" + did_you_mean(name, list(forms))
            raise RequestError("unknown-fact", f"facts.{name}", message)
        if name in told:
            raise RequestError("duplicate-key", f"facts.{name}", "it is told twice; tell it once")
        told[name] = fact_value(forms[name], value, f"facts.{name}") if name in forms else value
    return told


def _with_suggestion(error: RequestError, line: str | None, library: Library) -> str:
    if error.code == "unknown-line-of-business" and line is not None:
        return error.message + did_you_mean(line, list(library.lines))
    return error.message
