"""`make docs`: write the generated pages of docs/reference again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent


def main() -> int:
    for script in ("render_spec.py", "render_commands.py", "render_lint.py"):
        subprocess.run([sys.executable, str(TOOLS / script)], check=True, cwd=TOOLS.parent)
        print(f"written by {script}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
