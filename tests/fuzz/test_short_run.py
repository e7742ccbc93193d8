"""A short run of the fuzzers; a long one is made by hand."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.slow
def test_readers(tmp_path):
    command = [sys.executable, "-m", "tests.fuzz.readers", "-runs=3000", "-max_total_time=20", f"-artifact_prefix={tmp_path}/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
