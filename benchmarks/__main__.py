"""Every figure that the README quotes, in one run: `make benchmarks`."""

from __future__ import annotations

import os
import platform
from datetime import UTC, datetime

from benchmarks import decisions, importing, library_size, screening, start_up


def main() -> None:
    model = platform.processor() or platform.machine()
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {platform.system()} {model}, {os.cpu_count()} cores, Python {platform.python_version()}\n"
    )
    decisions.run()
    print()
    library_size.run()
    print()
    start_up.run()
    print()
    importing.run()
    print()
    screening.run_all()


if __name__ == "__main__":
    main()
