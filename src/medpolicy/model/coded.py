"""Enumerations whose values are codes of a standard or of this project."""

from __future__ import annotations

from enum import Enum


class CodedEnum(Enum):
    """An enumeration of codes.

    Members hash by identity: there is one of each. The standard hash, of the member's name, runs in Python and would be a
    tenth of the time of a decision.
    """

    __hash__ = object.__hash__
