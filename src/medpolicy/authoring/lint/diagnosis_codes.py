"""The bundled set of ICD-10-CM codes: which are valid in the newest release carried, and which expired since an earlier one."""

from __future__ import annotations

import lzma
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from medpolicy.model.codes import CodeRange

_FILE = Path(__file__).parent / "data" / "icd-10-cm.txt.xz"


@dataclass(frozen=True, slots=True)
class DiagnosisCodes:
    """`release`: the day of the newest release (YYYY-MM-DD). `codes`: its codes without dots, in order.

    `expired`: codes that are no longer valid, with the last earlier release that had them.
    """

    release: str
    codes: tuple[str, ...]
    expired: Mapping[str, str]

    def has(self, code: str) -> bool:
        """Whether the release has the code, complete or not."""
        plain = code.replace(".", "")
        at = bisect_left(self.codes, plain)
        return at < len(self.codes) and self.codes[at] == plain

    def after(self, code: str) -> str | None:
        """The next code in order, with its dot. What is given need be no code: `I83.~` stands after all that begin with I83."""
        at = bisect_right(self.codes, code.replace(".", ""))
        if at == len(self.codes):
            return None
        found = self.codes[at]
        return found if len(found) == 3 else f"{found[:3]}.{found[3:]}"

    def is_complete(self, code: str) -> bool:
        """Whether the release has the code and none that begins with it, so that a claim can carry it."""
        plain = code.replace(".", "")
        at = bisect_left(self.codes, plain)
        if at == len(self.codes) or self.codes[at] != plain:
            return False
        return at + 1 == len(self.codes) or not self.codes[at + 1].startswith(plain)

    def expired_after(self, code: str) -> str | None:
        """The last release that had a code which is no longer valid; None where it is valid or never was."""
        return self.expired.get(code.replace(".", ""))

    def any_in(self, codes: CodeRange) -> bool:
        """Whether some code that a claim can carry lies in the range or below the prefix."""
        first = codes.first.replace(".", "")
        for code in self.codes[bisect_left(self.codes, first) :]:
            if code not in codes:
                return False  # the codes of a range or prefix stand together
            if self.is_complete(code):
                return True
        return False


@cache
def diagnosis_codes() -> DiagnosisCodes:
    """The bundled set."""
    release = ""
    codes: list[str] = []
    expired: dict[str, str] = {}
    for line in lzma.decompress(_FILE.read_bytes()).decode().splitlines():
        first, _, second = line.partition(" ")
        if not second:
            codes.append(first)
        elif first == "release":
            release = second
        elif first != "earlier":
            expired[first] = second
    return DiagnosisCodes(release, tuple(codes), expired)
