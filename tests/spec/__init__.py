"""What each construct means, as small policies, requests and answers; every rule of the design is quoted by one.

Here: `form.py` (what a spec is), `policies.py` (a short policy text -> a library), one file for each section of the design,
`test_spec.py`. Rendered into docs/reference/spec.md by tools/render_spec.py. Start with `form.py`.
"""
