"""X12: claims as 837 (professional and institutional) become rows in the Tuva layout.

Here: `claims_837.py` (the use case, start there: files in, Parquet and a report out), `segments.py` (a file cut into segments),
`envelopes.py` (interchanges, groups, transactions, and whether they are whole), `guides.py` (segments against the implementation
guide, by pyx12), `claim_lines.py` (segments to rows), `findings.py` (what is wrong, by the codes of X12's 999 and TA1),
`acknowledgment.py` (the report).

A file is read twice: whether a transaction is whole shows at its end, and of a million lines none is kept until then.
X12's own words are licensed, so what a code means is told in ours.
"""
