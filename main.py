"""Starts Consilium from a checkout: `python main.py`."""

import sys

from reviewer_app.__main__ import main

if __name__ == "__main__":
    sys.exit(main())
