"""`python -m swf.engine`: serve an engine, without simpleflow."""

from __future__ import annotations

import argparse
import logging
import sys
from pathlib import Path

from swf.engine.front.command import DEFAULT_PORT, serve_until_stopped
from swf.exceptions import SWFError
from swf.places import default_file


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m swf.engine", description="Serve an engine until SIGTERM.")
    parser.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="default: %(default)s; 0 is any")
    store = parser.add_mutually_exclusive_group()
    store.add_argument("--db", type=Path, default=default_file(), help="the file (default: %(default)s)")
    store.add_argument("--in-memory", action="store_true", help="store nothing")
    parser.add_argument("--credentials", type=Path, help="a file of access keys; requests must be signed")
    parser.add_argument(
        "--durability", choices=["full", "normal"], default="full", help="default: %(default)s"
    )
    return parser.parse_args()


def main() -> None:
    """Serve; exit code 0 when told to stop, 2 when it cannot."""
    given = _arguments()
    logging.basicConfig(level="WARNING", format="%(asctime)s %(levelname)s %(message)s")
    file = None if given.in_memory else given.db
    try:
        serve_until_stopped(file, given.host, given.port, given.credentials, given.durability)
    except SWFError as error:
        sys.stderr.write(f"swf engine: {error}\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
