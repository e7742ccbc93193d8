"""What is loaded when: the core with the standard library alone, the package without what is heavy."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

SOURCE = ROOT / "src"
CORE = sorted((*(SOURCE / "medpolicy" / "model").glob("*.py"), *(SOURCE / "medpolicy" / "library").glob("*.py")))
HEAVY = (
    "typer",
    "click",
    "rich",
    "pydantic",
    "pydantic_core",
    "yaml",
    "fastapi",
    "starlette",
    "uvicorn",
    "fhir",
    "duckdb",
    "ibis",
    "pypdfium2",
    "pdfplumber",
    "sqlalchemy",
    "jinja2",
)


def run(code: str, *options: str) -> str:
    done = subprocess.run([sys.executable, *options, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def name_of(file: Path) -> str:
    parts = file.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def test_the_core_runs_with_site_packages_off() -> None:
    """`python -I -S`: no site-packages, no environment. The package's own __init__ reaches further, so it is stood in for."""
    names = [*map(name_of, CORE), "medpolicy.errors", "medpolicy.engines.reference"]
    engines = SOURCE / "medpolicy" / "engines"
    code = f"""
import importlib, sys, types
sys.path.insert(0, {str(SOURCE)!r})
package = types.ModuleType("medpolicy")
package.__path__ = [{str(SOURCE / "medpolicy")!r}]
sys.modules["medpolicy"] = package
for name in {names!r}:
    importlib.import_module(name)
outside = [name for name, module in sys.modules.items() if "site-packages" in (getattr(module, "__file__", None) or "")]
assert not outside, outside
assert "medpolicy.formats" not in sys.modules
assert "medpolicy.engines.reference" in sys.modules
"""
    assert engines.is_dir()
    run(code, "-I", "-S")


@pytest.mark.parametrize("file", CORE, ids=name_of)
def test_the_core_imports_the_standard_library_only(file: Path) -> None:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        for name in names:
            top = name.partition(".")[0]
            assert top in sys.stdlib_module_names or top == "medpolicy", f"{file.name}: {name}"


def test_the_package_loads_nothing_heavy() -> None:
    code = f"import sys, medpolicy; print([name for name in {HEAVY!r} if name in sys.modules])"
    assert run(code).strip() == "[]"


def test_the_public_names_are_few_and_there() -> None:
    code = "import medpolicy; print(len(medpolicy.__all__), all(hasattr(medpolicy, name) for name in medpolicy.__all__))"
    count, there = run(code).split()
    assert int(count) < 15
    assert there == "True"
