"""`python -m mediastore` is the command line."""

import sys

from mediastore.cli import main

if __name__ == "__main__":
    sys.exit(main())
