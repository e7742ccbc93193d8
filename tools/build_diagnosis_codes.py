"""Build the set of ICD-10-CM codes that the linter carries, from releases that were downloaded before.

    python -m pip download --no-deps -d FOLDER simple-icd-10-cm==VERSION      (for each release)
    python tools/build_diagnosis_codes.py RELEASE=FILE [RELEASE=FILE ...]

RELEASE is the date of a release (YYYY-MM-DD), FILE a list of codes out of that package: one code a line, or the order file of the
CDC ("00001 A00     0 ..."). The newest release gives the codes; older ones tell which codes expired, and after which release.
"""

from __future__ import annotations

import lzma
import re
import sys
from pathlib import Path

TARGET = Path(__file__).resolve().parent.parent / "src" / "medpolicy" / "authoring" / "lint" / "data" / "icd-10-cm.txt.xz"
_CODE = re.compile(r"[A-Z][0-9][0-9A-Z]{1,5}")
_ORDERED = re.compile(r"\d{5} ([A-Z0-9]+)\s")


def codes_of(file: Path) -> frozenset[str]:
    """The codes of a release, without dots and without blocks such as A00-A09."""
    found = set()
    for line in file.read_text(encoding="utf-8").splitlines():
        ordered = _ORDERED.match(line)
        code = ordered[1] if ordered else line.strip()
        if _CODE.fullmatch(code):
            found.add(code)
    return frozenset(found)


def main(arguments: list[str]) -> int:
    releases = {release: codes_of(Path(file)) for release, _, file in (argument.partition("=") for argument in arguments)}
    if not releases:
        print(__doc__)
        return 64
    *older, newest = sorted(releases)
    lines = [f"release {newest}", *(f"earlier {release}" for release in older)]
    expired: dict[str, str] = {}
    for release in older:
        expired.update(dict.fromkeys(releases[release] - releases[newest], release))
    lines += sorted(releases[newest])
    lines += [f"{code} {release}" for code, release in sorted(expired.items())]
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(lzma.compress(("\n".join(lines) + "\n").encode(), preset=9))
    print(f"{len(releases[newest])} codes of {newest}, {len(expired)} expired; {TARGET.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
