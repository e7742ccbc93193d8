"""What others speak, and our model: pure mapping between the two, wire by wire.

Here: `x12/` (claims as X12's 837). May import `explain`, `authoring` and below, not `review`, which does not import this
either: `cli` puts the two together.
"""
