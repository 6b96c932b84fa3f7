"""Constants that code written for `swf.constants` of python-simple-workflow imports.

What the service itself bounds is in `swf.protocol.limits`.
"""

from __future__ import annotations

__all__ = [
    "DEPRECATED",
    "MAX_DETAILS_LENGTH",
    "MAX_INPUT_LENGTH",
    "MAX_REASON_LENGTH",
    "MAX_RESULT_LENGTH",
    "MAX_WORKFLOW_AGE",
    "REGISTERED",
]

REGISTERED = "REGISTERED"
DEPRECATED = "DEPRECATED"
"""The two statuses of domains and types."""

MAX_WORKFLOW_AGE = 457
"""In days: an execution runs for 365 days at most, and is kept for 90 more after its end."""

MAX_REASON_LENGTH = 256
MAX_DETAILS_LENGTH = 32768
MAX_INPUT_LENGTH = 32000
MAX_RESULT_LENGTH = 32000
"""In characters; `swf.format` cuts at these. SWF itself takes 32,768 characters of input and of result."""
