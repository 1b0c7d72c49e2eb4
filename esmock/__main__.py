"""``python -m esmock``."""

import sys

from esmock.cli import main

if __name__ == "__main__":
    sys.exit(main())
