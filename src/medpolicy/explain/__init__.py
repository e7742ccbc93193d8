"""A determination's trace -> words: the reasons, the notes, and what every answer to a person must say.

Here: `words.py`. May import `engines` and below. Start there.
"""
