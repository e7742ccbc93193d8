"""What pyproject.toml declares is what `make` installs, so that an extra cannot miss a library unseen."""

from __future__ import annotations

import tomllib

from tests.conftest import ROOT


def _lines(name: str) -> set[str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return {line.strip() for line in text.splitlines() if line.strip() and not line.startswith(("#", "-"))}


def test_the_extras_are_what_is_installed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(project["dependencies"]) == _lines("base.in")
    extras = {requirement for extra in project["optional-dependencies"].values() for requirement in extra}
    assert extras <= _lines("dev.in")
