"""The processes of durable runs: supervisors and their children, and how they are told to stop."""

from __future__ import annotations
