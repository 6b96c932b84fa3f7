"""Decisions that concern nobody else: markers and timers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from swf.models.decision.decision import Decision

if TYPE_CHECKING:
    from typing import Self

    from swf.models.decision.values import Data, Seconds

__all__ = ["MarkerDecision", "TimerDecision"]


class MarkerDecision(Decision):
    """Record a marker."""

    def record(self, name: str, details: Data = None) -> Self:
        """Record a marker in the history.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_RecordMarkerDecisionAttributes.html
        """
        return self._decide("RecordMarker", markerName=name, details=details)


class TimerDecision(Decision):
    """Start a timer, or cancel one."""

    def start(self, id: str, start_to_fire_timeout: Seconds, control: Data = None) -> Self:
        """Start a timer; one of 0 seconds fires at once.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_StartTimerDecisionAttributes.html
        """
        return self._decide(
            "StartTimer", timerId=id, startToFireTimeout=start_to_fire_timeout, control=control
        )

    def cancel(self, id: str) -> Self:
        """Cancel a timer that runs.

        https://docs.aws.amazon.com/amazonswf/latest/apireference/API_CancelTimerDecisionAttributes.html
        """
        return self._decide("CancelTimer", timerId=id)
