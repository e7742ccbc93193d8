"""`make demo`: a handful of real determinations for BCBSMA Policy 254, as a person at a terminal asks for them."""

from __future__ import annotations

import subprocess
import sys

CASES = [
    (
        "A code that the policy lists as investigational, inpatient: not covered, and yet authorization is required there.",
        ["0565T", "--line", "commercial-hmo-pos", "--setting", "inpatient", "--date", "2025-04-01"],
    ),
    (
        "A generic code with a named graft: the product answers what the statement asks; two places of the source conflict.",
        ["20930", "--product", "DBX Putty", "--line", "medicare-ppo", "--setting", "outpatient", "--date", "2025-04-01"],
    ),
    (
        "The same code with nothing said: not guessed, but asked.",
        ["20930", "--line", "commercial-ppo-indemnity", "--setting", "outpatient", "--date", "2025-04-01"],
    ),
    (
        "A service in 2019: the list of codes of that day is not on file, and the answer says so.",
        ["0565T", "--line", "commercial-hmo-pos", "--setting", "outpatient", "--date", "2019-06-01"],
    ),
    (
        "An operation that the policy does not speak of.",
        ["99213", "--line", "commercial-hmo-pos", "--setting", "outpatient", "--date", "2025-04-01"],
    ),
]


def main() -> int:
    for number, (what, arguments) in enumerate(CASES, 1):
        print(
            f"\n== {number}. {what}\n   $ medpolicy check {' '.join(_quoted(argument) for argument in arguments)}\n", flush=True
        )
        status = subprocess.run(  # our own command with the arguments above
            [sys.executable, "-m", "medpolicy", "check", "--as-of", "2026-11-23", *arguments],
            check=False,
            stdin=subprocess.DEVNULL,
        ).returncode
        if status:
            return status
    print("\nNext: `medpolicy check --help`, `medpolicy policies show 254`, docs/tutorial.md.")
    return 0


def _quoted(argument: str) -> str:
    return f'"{argument}"' if " " in argument else argument


if __name__ == "__main__":
    raise SystemExit(main())
