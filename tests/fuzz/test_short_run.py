"""A short run of the fuzzers; a long one is made by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
@pytest.mark.parametrize("fuzzer", ["readers", "criteria"])
def test_fuzzer(fuzzer, tmp_path):
    command = [sys.executable, "-m", f"tests.fuzz.{fuzzer}", "-runs=3000", "-max_total_time=20", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
