"""medpolicy: medical policies that run.

from datetime import date
from medpolicy import determine, load_library

library = load_library()
answer = determine(request, library, as_of=date(2026, 11, 23))
"""

from typing import TYPE_CHECKING, Any

from medpolicy.errors import MedPolicyError, PolicyFileError, RequestError
from medpolicy.formats.library_files import load_library
from medpolicy.library.library import Library
from medpolicy.model.request import Request
from medpolicy.review.determine import determine, prepare

if TYPE_CHECKING:
    from medpolicy.review.screening import screen

__all__ = [
    "Library",
    "MedPolicyError",
    "PolicyFileError",
    "Request",
    "RequestError",
    "determine",
    "load_library",
    "prepare",
    "screen",
]


def __getattr__(name: str) -> Any:
    """`screen` is imported when it is first named: who asks about one request need not wait for what reads claims."""
    if name == "screen":
        from medpolicy.review.screening import screen

        return screen
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
