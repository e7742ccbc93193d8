"""What a change of a policy means: the determinations that differ, and what its text gained, lost or says otherwise.

Here: `determinations.py` compares two texts exactly, by decision diagrams (`outcomes.py`) over what a request may tell
(`variables.py`, `code_axis.py`, `diagnosis_axis.py`) and covers the difference with few conditions (`cover.py`); `contents.py`
compares what the texts contain. May import `engines` and below. Start with `determinations.py`. The words are `review`'s.
"""
