"""What can be submitted: one thing (`Submittable`), or several with an order (`SubmittableContainer`)."""

from __future__ import annotations

__all__ = ["Submittable", "SubmittableContainer"]


class Submittable:
    """One thing that a workflow can submit: an activity with its arguments, a timer, ..."""


class SubmittableContainer:
    """Several submittables and the order in which they run."""
