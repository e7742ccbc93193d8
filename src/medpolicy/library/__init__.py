"""Which policies there are, which text was in force on a day, how well that is known, and whose word comes first.

Here: `library.py` (the policies and their index), `in_force.py` (time), `precedence.py`. Pure: no input, no output, no
clock. May import `model` and the standard library only. Start with `in_force.py`.
"""
