"""Write docs/reference/spec.md from tests/spec; `--check` only says whether the page is up to date."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.spec.collection import CHAPTERS  # noqa: E402
from tests.spec.form import Example, Expected, Spec  # noqa: E402

PAGE = ROOT / "docs" / "reference" / "spec.md"
_HEAD = """# What a policy means: the specs

This page is written by `tools/render_spec.py` from tests/spec. Change the specs, then run it again; a test fails where the two
differ. Each spec quotes the rule of the design that it shows, in italics. It runs on every engine.

The policies here are short: issuer, title, texts, questions and citations are filled in. Unless a request says otherwise
it was asked on 2026-11-23. Of each answer only what the rule settles is shown; `(left out)` means that the answer
must not have that axis.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *(line for title, specs in CHAPTERS.items() for line in _chapter(title, specs))]).rstrip() + "\n"


def _chapter(title: str, specs: tuple[Spec, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    for spec in specs:
        yield from _spec(spec)


def _spec(spec: Spec) -> Iterator[str]:
    yield f"### {spec.title}\n"
    for quote in spec.quotes:
        yield f"> *{quote.replace('*', chr(92) + '*')}*\n"
    if spec.shipped and spec.examples:
        yield "Decided by the policies that ship.\n"
    if spec.issuer:
        yield f"The issuer's file says:\n\n```yaml\n{spec.issuer.strip()}\n```\n"
    for text in spec.policies:
        yield f"```yaml\n{text.strip()}\n```\n"
    if spec.check is not None:
        yield f"Tested on the model itself (`{spec.check.__module__}`, `{spec.check.__name__}`).\n"
    for example in spec.examples:
        yield from _example(example)


def _example(example: Example) -> Iterator[str]:
    yield f"- {example.says}\n"
    asked = "" if example.as_of == "2026-11-23" else f"    asked on {example.as_of}\n"
    yield f"      {json.dumps(dict(example.request), ensure_ascii=False)}\n{asked}"
    if example.refused is not None:
        code, field = example.refused
        yield f"  Refused: `{code}` at `{field}`.\n"
        return
    expected = example.expect if isinstance(example.expect, list) else [example.expect]
    for service in expected:
        yield f"  Answer: {_answer(service)}.\n"


def _answer(service: Expected) -> str:
    parts = []
    for key, value in service.items():
        words = key.replace("_", " ")
        if isinstance(value, str):
            parts.append(f"{words} `{value}`")
        elif isinstance(value, dict):
            said = ", ".join(f"`{name}`: {_list(of) if isinstance(of, list) else f'`{of}`'}" for name, of in value.items())
            parts.append(f"{words} {said}")
        elif isinstance(value, list):
            parts.append(f"{words} {_list(value)}")
    return "; ".join(parts)


def _list(values: list[str]) -> str:
    return ", ".join(f"`{value}`" for value in values) or "none"


def main(arguments: list[str]) -> int:
    """0 where the page is, or now is, up to date."""
    if arguments == ["--check"]:
        return 0 if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == page() else 1
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
    print(f"{PAGE.relative_to(ROOT)} is written")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
