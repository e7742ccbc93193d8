"""From a published document to a policy file: the readers of documents; later drafts, the ledger, lint and diff.

Here: `source_lines.py`, a document as numbered lines, which citations point into. May import `engines` and below. Start there.
"""
