"""Which region and credentials are meant for Amazon SWF, apart from what boto3's own chain finds.

They stand in `~/.swf`, or are `set` by the program. Environment and profiles of AWS are boto3's to read.
"""

from __future__ import annotations

import os
from configparser import ConfigParser
from configparser import Error as ConfigParserError
from pathlib import Path
from typing import TYPE_CHECKING, Final

from swf.exceptions import NotConfigured

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["SETTINGS", "clear", "from_env", "from_file", "from_home", "from_stream", "get", "set"]

SETTINGS: Final[dict[str, str]] = {}
"""What the program has `set`; it goes before what is in `~/.swf`."""

_OPTIONS: Final = {
    "aws_access_key_id": "credentials",
    "aws_secret_access_key": "credentials",
    "aws_session_token": "credentials",
    "region": "defaults",
}
"""The settings, and the sections of the file in which they stand."""
_VARIABLES: Final = {name: name.upper() for name in _OPTIONS} | {"region": "AWS_DEFAULT_REGION"}


def from_stream(stream: Iterable[str]) -> dict[str, str]:
    """Return the settings that lines say: `[credentials]` with keys, `[defaults]` with a `region`.

    Raises `NotConfigured` for lines that are no INI file.
    """
    parser = ConfigParser(interpolation=None)  # secrets have any characters
    try:
        parser.read_file(stream)
    except ConfigParserError as error:
        raise NotConfigured(f"settings that cannot be read: {error}") from None
    return {
        option: parser.get(section, option)
        for option, section in _OPTIONS.items()
        if parser.has_option(section, option)
    }


def from_file(path: str | os.PathLike[str]) -> dict[str, str]:
    """Return the settings of a file; none when it is not there. Raises `NotConfigured`."""
    try:
        with Path(path).open() as file:
            return from_stream(file)
    except FileNotFoundError:
        return {}


def from_env() -> dict[str, str]:
    """Return the settings in the variables that every AWS SDK reads."""
    return {option: os.environ[name] for option, name in _VARIABLES.items() if os.environ.get(name)}


def from_home(path: str = ".swf") -> dict[str, str]:
    """Return the settings of a file in the user's home. Raises `NotConfigured`."""
    return from_file(Path.home() / path)


def get(path: str = ".swf") -> dict[str, str]:
    """Return the settings of the file in the user's home; when there are none, those of the environment."""
    return from_home(path) or from_env()


def set(**settings: str) -> None:
    """Set what connections made from now on use: `region`, `aws_access_key_id`, ...

    Raises `NotConfigured` for what is no setting.
    """
    if unknown := settings.keys() - _OPTIONS.keys():
        raise NotConfigured(
            f"no such settings: {', '.join(sorted(unknown))}; there are {', '.join(_OPTIONS)}"
        )
    SETTINGS.update(settings)


def clear() -> None:
    """Forget what was set."""
    SETTINGS.clear()
