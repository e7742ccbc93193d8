"""The errors that medpolicy raises for somebody's mistake: each with a stable code, fields and an exit status.

Here: one root, `MedPolicyError`, and the families below it. May import nothing. A programming error of ours is no
`MedPolicyError`; it stays a traceback.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class MedPolicyError(Exception):
    """Root of all errors that a user can cause and mend. `code` is stable; `exit_status` is what the CLI ends with."""

    code: str = "error"
    exit_status: int = 1


class InvalidModel(MedPolicyError):
    """A value that the model refuses on construction, such as a period that ends before it starts."""

    code = "invalid-model"

    def __init__(self, message: str) -> None:
        super().__init__(message)


class RequestError(MedPolicyError):
    """A request that cannot be answered as it stands. DESIGN.md, "The request, as JSON", lists the codes.

    `field` is a path such as `procedures[0]`; None where the whole line is at fault. `request_id` is the request's `id`
    where that could be read. The message never repeats a value of the request: it may be a member's.
    """

    exit_status = 2

    def __init__(self, code: str, field: str | None, message: str, request_id: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.field = field
        self.message = message
        self.request_id = request_id

    def __reduce__(self) -> tuple[type[RequestError], tuple[str, str | None, str, str | None]]:
        return type(self), (self.code, self.field, self.message, self.request_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing wrong in a policy file: where it stands and what to do about it.

    `line` and `column` count from 1; 0 where the fault is the file's as a whole. `path` names the place in words,
    such as `provisions[0].criteria.all[1]`.
    """

    code: str
    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        inside = f" {self.path}:" if self.path else ""
        return f"{place}: {self.code}:{inside} {self.message}"


class PolicyFileError(MedPolicyError):
    """Policy files that cannot be loaded; `faults` holds every fault that was found, in the order of the files."""

    code = "invalid-policy-file"
    exit_status = 3

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        count = len(self.faults)
        heading = f"{count} fault{'s' if count != 1 else ''} in the policy files"
        super().__init__("\n".join([heading, *(str(fault) for fault in self.faults)]))


class NotFound(MedPolicyError):
    """Something that was asked for by name and is not there: a policy, a file, a directory."""

    code = "not-found"
    exit_status = 4


class DocumentError(MedPolicyError):
    """A source document that cannot be read, or that is not the rendition a policy cites."""

    code = "document"
    exit_status = 5


class ClaimsError(MedPolicyError):
    """Claims that cannot be read as they stand, as a whole: a file, a column, or the file that maps them. No value is named."""

    code = "claims"
    exit_status = 5


class UsageError(MedPolicyError):
    """A command called with arguments that do not fit together."""

    code = "usage"
    exit_status = 64
