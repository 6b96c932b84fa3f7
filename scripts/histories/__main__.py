"""Plays recorded histories on the engine's state machine: `python scripts/histories DIR`.

Each is a script: what it records implies commands; the events that the engine appends for them must be those
recorded. Prints a line for each that differs or cannot be played, then the counts; exits with 1 if any differs.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from outcome import Differs, NotPlayable
from player import play
from recording import Recording


def main(folder: Path) -> int:
    """Play all histories of a folder and those in it; return the exit code."""
    played = mismatched = skipped = 0
    files = sorted(folder.rglob("*.json"))
    if not files:
        print(f"there is no .json file under {folder}", file=sys.stderr)
        return 2
    for file in files:
        try:
            recording = Recording.read(file)
            if recording is None:
                continue
            play(recording)
        except NotPlayable as reason:
            skipped += 1
            print(f"S {file.relative_to(folder)}: {reason}")
        except Differs as reason:
            mismatched += 1
            print(f"M {file.relative_to(folder)}: {reason}")
        except (ValueError, KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
            skipped += 1
            print(f"S {file.relative_to(folder)}: is no history that can be read: {error!r}")
        else:
            played += 1
    total = played + mismatched + skipped
    print(f"{total} histories: {played} played, {mismatched} mismatched, {skipped} not playable")
    return 1 if mismatched else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python scripts/histories DIR")
    sys.exit(main(Path(sys.argv[1])))
