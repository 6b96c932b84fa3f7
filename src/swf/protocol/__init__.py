"""The ground floor: the wire shapes of Amazon SWF, events, decisions and their enumerations.

Everything but `wire` is generated from botocore's service model by `make protocol`.
"""

from __future__ import annotations
