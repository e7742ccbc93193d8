"""Fuzzing by coverage. By hand: `python -m tests.fuzz.readers -max_total_time=300`; a short run is a test."""
