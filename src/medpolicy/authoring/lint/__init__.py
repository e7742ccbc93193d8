"""The linter: what a careful reader would ask of a policy, each finding with its places quoted and what to do.

Here: `findings.py` (every kind of finding there is), `subject.py` (the policy with its documents), one module for each family of
checks, `checks.py` (all of them, run in order), `report.py` and `sarif.py` (what comes out). Words of the industry that checks
look for are data, in `vocabulary.py`. May import `engines` and below, and the form of documents. Start with `checks.py`.
"""
