"""What all tests share: a cache and a data directory of their own, and how Hypothesis runs."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"

# A change must not fail by bad luck, so `make test` tries the same examples each time; `make soak` tries new ones.
settings.register_profile(
    "medpolicy",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="MEDPOLICY_SOAK" not in os.environ,
    database=None,
)
settings.load_profile("medpolicy")

_OWN = pytest.StashKey[Path]()


def pytest_configure(config: pytest.Config) -> None:
    """Each worker has its own directories, so that no test sees what a person's machine holds."""
    own = Path(tempfile.mkdtemp(prefix="medpolicy-tests-"))
    config.stash[_OWN] = own
    os.environ["MEDPOLICY_CACHE"] = str(own / "cache")
    os.environ["MEDPOLICY_DATA"] = str(own / "data")


def pytest_unconfigure(config: pytest.Config) -> None:
    shutil.rmtree(config.stash[_OWN], ignore_errors=True)


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A real Spark, as Ibis's backend and a way to put tables there; one for a worker's tests, for it takes seconds to start."""
    from tests.spark import spark_in  # Spark is imported only where it is wanted

    yield from spark_in(tmp_path_factory.mktemp("spark"))


@pytest.fixture(scope="session")
def documents() -> Path:
    """The payers' documents, which do not ship; tests that need them are skipped where they are absent."""
    path = SHARED / "documents"
    if not path.is_dir():
        pytest.skip(f"the payers' documents are not here: expected {path.name}/ in ../shared")
    return path


@pytest.fixture(scope="session")
def design() -> str:
    """The design's text with its white space collapsed."""
    path = SHARED / "DESIGN.md"
    if not path.is_file():
        pytest.skip("the design is not here: expected DESIGN.md in ../shared")
    return " ".join(path.read_text(encoding="utf-8").split())
