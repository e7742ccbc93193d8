"""Where a determination is computed, whoever asks.

Here: `reference.py` and `opinion.py`, the definition of the meaning, one request at a time and plain; `compiled.py` with
`compiled_policy.py`, `weighing.py` and `diagram.py`, the same answers from a compiled index, fast; what both share:
`evaluation.py` (tests on values), `completions.py` (what an unknown may turn out to be), `case.py` (what is known of one
service), `standing.py` (notes, and what a policy is cited as). May import `formats` and below. Start with `reference.py`.
"""
