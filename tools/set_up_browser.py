"""`make test`: see to it that there is a Chromium which the browser tests can start.

One that is on the machine is taken. Else the system's package manager is asked where that is Debian's and may be used, and
Playwright's own download where it is not.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def candidates() -> Iterator[str | None]:
    """Where a Chromium may be; None: the one that Playwright downloaded."""
    named = os.environ.get("MEDPOLICY_CHROMIUM")
    if named:
        yield named
        return
    yield from (path for name in NAMES if (path := shutil.which(name)))
    yield None


def chromium() -> tuple[str | None, str] | None:
    """The first Chromium that starts, and its version; None where none does."""
    with sync_playwright() as playwright:
        for path in candidates():
            try:
                browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
            except Error:
                continue
            version = browser.version
            browser.close()
            return path, version
    return None


def install() -> None:
    as_root = [] if os.geteuid() == 0 else [shutil.which("sudo") or "", "-n"]
    if shutil.which("apt-get") and (not as_root or as_root[0]):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run([*as_root, "apt-get", "update", "-qq"], check=False, env=quiet)
        wanted = ["chromium", "fonts-dejavu-core"]
        command = [*as_root, "apt-get", "install", "-y", "-qq", "--no-install-recommends", *wanted]
        if subprocess.run(command, check=False, env=quiet, stdout=subprocess.DEVNULL).returncode == 0:
            return
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    found = chromium()
    if found is None:
        install()
        found = chromium()
    if found is None:
        sys.stderr.write("no Chromium starts here; install one, or name one in MEDPOLICY_CHROMIUM, and run `make test` again\n")
        return 1
    print(f"browser tests use Chromium {found[1]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
