"""medpolicy: medical policies that run.

from datetime import date
from medpolicy import determine, load_library

library = load_library()
answer = determine(request, library, as_of=date(2026, 11, 23))
"""

from medpolicy.errors import MedPolicyError, PolicyFileError, RequestError
from medpolicy.formats.library_files import load_library
from medpolicy.library.library import Library
from medpolicy.model.request import Request
from medpolicy.review.determine import determine, prepare

__all__ = ["Library", "MedPolicyError", "PolicyFileError", "Request", "RequestError", "determine", "load_library", "prepare"]
