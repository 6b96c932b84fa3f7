"""Workers that know nothing of simpleflow (`worker`), and a workflow that makes them work (`decider`)."""

from __future__ import annotations
