"""What a command's INPUT means where claims are read: Parquet, CSV and 837, as files, directories or globs, by their content.

837 is converted to Parquet in a directory that lasts as long as the block.
"""

from __future__ import annotations

import contextlib
import gzip
import tempfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from medpolicy.errors import ClaimsError, NotFound, UsageError
from medpolicy.formats.claims_mapping import NO_MAPPING, ClaimsMapping
from medpolicy.review.claims.counts import RejectedElsewhere
from medpolicy.review.claims.files import CSV, PARQUET, each_once, files_below, is_named, own_files, paths_of

if TYPE_CHECKING:
    from medpolicy.exchange.x12.acknowledgment import Acknowledgment

_CLAIMS: Final = "medical_claim"
_ELIGIBILITY: Final = "eligibility"
_HEAD: Final = 512  # bytes that are looked at


@dataclass(frozen=True, slots=True)
class ClaimsInputs:
    """`claims` and `eligibility` as `open_claims` takes them. `acknowledgment`: what became of 837; None where there is none.

    `passed_over`: files of directories that are none of these by their names or content.
    """

    claims: tuple[Path, ...]
    eligibility: tuple[Path, ...] | None
    acknowledgment: Acknowledgment | None
    passed_over: tuple[Path, ...]

    def rejected_elsewhere(self) -> list[RejectedElsewhere]:
        """The lines of the transactions that were rejected."""
        rejected = [] if self.acknowledgment is None else self.acknowledgment.rejected()
        return [
            RejectedElsewhere(file=one.file, row=one.position, reason="rejected-transaction", detail=one.code, lines=one.lines)
            for one in rejected
        ]


@contextlib.contextmanager
def claims_inputs(
    inputs: Sequence[str | Path],
    *,
    eligibility: Sequence[str | Path] | None = None,
    mapping: ClaimsMapping = NO_MAPPING,
    temporary: Path | None = None,
) -> Iterator[ClaimsInputs]:
    """Find the files, and convert those that are 837 below a directory of `temporary`, which is removed at the end of the block.

    Without `eligibility`, what is named so inside of directories of the inputs is it. `NotFound` where an input means no file,
    `ClaimsError` where a file cannot be read.
    """
    tables: list[Path] = []
    x12: list[Path] = []
    passed_over: list[Path] = []
    own_eligibility: list[Path] = []
    if any(not str(one).strip() for one in eligibility or ()):
        raise UsageError("an input of eligibility is empty; name a file, a directory or a glob")
    for one in inputs:
        paths = paths_of(one)
        before = len(tables) + len(x12)
        for path in paths:
            if path.is_dir():
                own_eligibility += own_files(path, _ELIGIBILITY)
                for file in files_below(path, _CLAIMS):
                    kind = x12 if _is_837(file) else tables if is_named(file) else passed_over
                    kind.append(file)
            else:
                (x12 if _is_837(path) else tables).append(path)
        if len(tables) + len(x12) == before:
            raise NotFound(f"{one}: no claims are there: neither Parquet nor CSV ({', '.join((*PARQUET, *CSV))}) nor 837")
    told = tuple(map(Path, eligibility)) if eligibility is not None else tuple(own_eligibility) or None
    with tempfile.TemporaryDirectory(prefix=".medpolicy-837-", dir=temporary, ignore_cleanup_errors=True) as directory:
        acknowledgment = None
        files = list(each_once(tables))
        if x12:
            from medpolicy.exchange.x12.claims_837 import convert_837

            codes = frozenset(mapping.lines_of_business)
            converted, acknowledgment = convert_837(list(each_once(x12)), Path(directory), codes=codes)
            files += converted
        yield ClaimsInputs(tuple(files), told, acknowledgment, tuple(passed_over))


def _is_837(file: Path) -> bool:
    """Whether it begins as an interchange does, zipped or not."""
    try:
        with file.open("rb") as opened:
            head = opened.read(_HEAD)
        if head.startswith(b"\x1f\x8b"):
            with gzip.open(file) as unzipped:
                head = unzipped.read(_HEAD)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        return False  # it is told when it is read
    except OSError as error:
        raise ClaimsError(f"{file}: cannot be read: {error.strerror}") from None
    head = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    separator = head[3:4]  # a file of CSV may have a first column whose name begins so
    return head.startswith(b"ISA") and not separator.isalnum() and separator not in (b"", b"_", b" ") and b"\n" not in head[:100]
