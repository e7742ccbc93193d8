"""The ground: what a medical policy, a request and a determination are.

Here: frozen types without input or output; codes, periods, quantities, citations, criteria, facts, policies, requests,
determinations. May import `errors` and the standard library only. Start with `policy.py`, then `criteria.py`.
"""
