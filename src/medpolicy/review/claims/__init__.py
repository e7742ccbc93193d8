"""Claims in the Tuva Project's layout, read for screening.

Files in; lines as the tabular engine takes them, and rejected lines, out.

Here: `reading.py` (the use case, start there), `files.py` (which files, and whether their columns will do), `csv_files.py`
(CSV, with astray quotes), `sources.py` (their rows, all or some), `plans.py` (whose line of business), `eligibility.py` (who is
enrolled when), `doubled.py` (keys that stand twice), `lines.py` (a line in SQL), `chunks.py` (lines, some at a time),
`counts.py`, `fingerprint.py` (whether the claims are the same).
May import what `review` may. Everything runs in DuckDB, which is imported where it is needed.
"""
