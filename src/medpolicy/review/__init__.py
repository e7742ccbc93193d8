"""Use cases: one request answered; later a year of claims, the impact of a change, cases with a human decision.

Here: `determine.py` (one request), `lines.py` (a file of them), `replay.py` and `cases.py` (what a change moves). May import
`explain` and below.
"""
