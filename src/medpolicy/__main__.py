"""`python -m medpolicy`: the same as the command `medpolicy`."""

import sys

from medpolicy.cli import main

if __name__ == "__main__":
    sys.exit(main())
