"""Whether claims are the ones that they were: a digest of their files, of the mapping and of how they are read."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from medpolicy.errors import ClaimsError
from medpolicy.formats.claims_mapping import ClaimsMapping
from medpolicy.review.claims.files import TableFile

_FORM: Final = 2  # to be raised when lines are read or cut otherwise
_FOOTER: Final = 8  # bytes at the end of Parquet: the footer's length and the mark


def fingerprint_of(tables: Sequence[Sequence[TableFile]], mapping: ClaimsMapping) -> str:
    """`sha256:...` of the files in their order and of the mapping.

    Of Parquet the footer is read, which holds the places, sizes and bounds of all columns; of CSV the size and the time of
    change. Paths count from the directory that all files have in common, so that a copy of it is the same.
    """
    paths = [file.path.absolute() for table in tables for file in table]
    common = Path(os.path.commonpath([path.parent for path in paths]))
    files = [[[str(file.path.absolute().relative_to(common)), *_of(file)] for file in table] for table in tables]
    told = {
        "form": _FORM,
        "files": files,
        "columns": {table: dict(sorted(columns.items())) for table, columns in sorted(mapping.columns.items())},
        "lines_of_business": dict(sorted(mapping.lines_of_business.items())),
        "issuer": mapping.issuer,
    }
    return "sha256:" + hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _of(file: TableFile) -> tuple[int, int | str]:
    return _of_csv(file.path) if file.csv is not None else _of_parquet(file.path)


def _of_csv(path: Path) -> tuple[int, int]:
    try:
        status = path.stat()
    except OSError as error:
        raise ClaimsError(f"{path}: cannot be read: {error.strerror}") from None
    return status.st_size, status.st_mtime_ns


def _of_parquet(path: Path) -> tuple[int, str]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            file.seek(max(size - _FOOTER, 0))
            length = int.from_bytes(file.read(4), "little")
            file.seek(max(size - _FOOTER - length, 0))
            return size, hashlib.sha256(file.read()).hexdigest()
    except OSError as error:
        raise ClaimsError(f"{path}: cannot be read: {error.strerror}") from None
