"""`python -m simpleflow`: the command line."""

from __future__ import annotations

from simpleflow.cli import main

if __name__ == "__main__":
    main()
