"""Amazon SWF: the service modelled, and the service embedded. Knows nothing of simpleflow."""

from __future__ import annotations
