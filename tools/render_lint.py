"""Write docs/reference/lint.md from the linter's kinds of findings; `--check` only says whether it is up to date."""

from __future__ import annotations

import sys
from pathlib import Path

from medpolicy.authoring.lint.checks import CHECKS, Need
from medpolicy.authoring.lint.diagnosis_codes import diagnosis_codes
from medpolicy.authoring.lint.findings import KINDS, Severity

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "lint.md"
_HEAD = """# Findings of `medpolicy lint`

This page is written by `tools/render_lint.py`; a test fails where it is not up to date.

`medpolicy lint [POLICY|DIRECTORY]` lists what a careful reader would ask of a policy. Each finding has a code that never changes, a
severity, one place or more (policy file and line, citation, and the document's text where it is there, else our words), and what to
do. `--json` prints all of it, `--sarif FILE` writes SARIF 2.1.0. The exit status is that of the gravest finding:

| severity | exit status | meaning |
|---|---|---|
| error | 2 | The file or the text is wrong, or two provisions contradict each other. |
| warning | 1 | A careful reader would ask. |
| information | 0 | Worth knowing. |

A finding marked *asks* claims nothing: a person who knows the field has to say. What is *proved* was tried over every combination of
what the criteria ask, and comes with a request that was put to the engine and showed it.
"""


def page() -> str:
    """The whole page."""
    parts = [_HEAD]
    for severity in Severity:
        parts.append(f"\n## {severity.value.capitalize()}\n")
        for kind in (kind for kind in KINDS if kind.severity is severity):
            asks = " *Asks.*" if kind.asks else ""
            parts.append(
                f"\n### `{kind.code}`\n\n{kind.meaning}{asks}\n\n- Example: {kind.example}\n- What to do: {kind.to_do}\n"
            )
    parts.append("\n## What a check needs\n\nA check that lacks what it needs does not run, and the summary says so.\n\n")
    for need in Need:
        checks = ", ".join(check.name for check in CHECKS if check.need is need)
        parts.append(f"- {need.value[:1].upper() + need.value[1:] if need.value else 'Nothing'}: {checks}.\n")
    parts.append(
        f"\n## Diagnosis codes\n\nICD-10-CM codes are compared with the release of {diagnosis_codes().release}, which the package "
        "carries without descriptors (public domain;\nCDC and CMS), and with the codes of earlier releases that expired. "
        "`src/medpolicy/authoring/lint/data/README.md` says where\nthey come from.\n"
    )
    return "".join(parts)


def main() -> int:
    text = page()
    if "--check" in sys.argv:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text else 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
