"""`medpolicy policies`: which policies there are; one of them; words, codes and products looked up in all."""

from __future__ import annotations

import typer

from medpolicy.cli.policies_list import list_policies
from medpolicy.cli.policies_search import search_policies
from medpolicy.cli.policies_show import show_policy

app = typer.Typer(
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
    help="The policies of the library: list them, show one, search in all.",
    short_help="List, show or search the policies.",
    epilog="""\b
Examples:
  medpolicy policies list
  medpolicy policies show 254 --on 2019-06-01
  medpolicy policies search osteocel
""",
)
app.command(
    "list",
    short_help="List the policies.",
    epilog="""\b
Examples:
  medpolicy policies list
  medpolicy policies list --issuer bcbsma --json
""",
)(list_policies)
app.command(
    "show",
    short_help="Show a policy, or what is known of it on a day.",
    epilog="""\b
Examples:
  medpolicy policies show 254
  medpolicy policies show 254 --on 2019-06-01
  medpolicy policies show florida-blue/02-33000-31 --version 2025-08-15 --json
""",
)(show_policy)
app.command(
    "search",
    short_help="Find policies by words, codes and products.",
    epilog="""\b
Examples:
  medpolicy policies search 0565T
  medpolicy policies search osteocel
  medpolicy policies search varicose compression

\b
What is misspelled is looked for under the words that are most like it. A search decides nothing.
Exit statuses: 0 found; 1 nothing found; 64 wrong usage.
""",
)(search_policies)
