"""What our processes send, held to the service model by botocore's own validator."""

from __future__ import annotations

from typing import Any

import botocore.session
import botocore.validate

from simpleflow import Workflow, activity
from simpleflow.client import Client
from simpleflow.swf.crew import Duties, Threads
from simpleflow.swf.loading import Loader
from swf.client import ensure_domain
from swf.engine import Engine
from swf.protocol.client import Client as SWFClient

MODEL = botocore.session.get_session().get_service_model("swf")
VALIDATOR = botocore.validate.ParamValidator()


class Validating(SWFClient):
    """Hands on what botocore would send, and notes it."""

    def __init__(self, client: SWFClient, seen: set[str]) -> None:
        self._client = client
        self._seen = seen

    def _call(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        shape = MODEL.operation_model(operation).input_shape
        assert shape is not None
        report = VALIDATOR.validate(request, shape)
        assert not report.has_errors(), report.generate_report()
        self._seen.add(operation)
        self._seen.update(each["decisionType"] for each in request.get("decisions", ()))
        return self._client._call(operation, request)

    def stop_polling(self) -> None:
        self._client.stop_polling()


@activity.with_attributes(version="1", task_list="t", retry=1, heartbeat_timeout=5)
def fails_once() -> Any:
    if activity.current().details is None:
        activity.current().heartbeat({"tried": 1})
        raise ValueError("the first time")
    return activity.current().details


class Child(Workflow):
    name = "child"
    version = "1"
    task_list = "t"

    def run(self) -> int:
        return 7


class All(Workflow):
    name = "all"
    version = "1"
    task_list = "t"
    tag_list = ("a", "b")

    def run(self, again: bool) -> Any:
        child = self.submit(Child)
        timer = self.submit(self.start_timer("long", 600))
        first = self.submit(fails_once)
        self.submit(self.record_marker("m", {"x": 1}))
        self.submit(self.signal("s", 1)).wait()
        self.submit(self.cancel_timer("long"))
        result = [child.result, first.result]
        if again:
            self.submit(self.continue_as_new(False)).wait()
        timer.cancel()
        return result


def test_every_request_is_one_that_botocore_would_send() -> None:
    seen: set[str] = set()
    loader = Loader([All, Child])
    duties = Duties("d", loader, heartbeat=0.05).polling(["t"], ["t"]).in_mode("thread")
    with Engine() as engine:
        own = Validating(engine.client(), seen)
        ensure_domain(own, "d")
        with Threads(duties, lambda: Validating(engine.client(), seen)):
            execution = Client.of(own, "d").start(All, True)
            assert execution.result(timeout=30) == [7, {"tried": 1}]
    assert {
        "PollForDecisionTask",
        "PollForActivityTask",
        "RespondDecisionTaskCompleted",
        "RespondActivityTaskCompleted",
        "RespondActivityTaskFailed",
        "RegisterActivityType",
        "RegisterWorkflowType",
        "StartWorkflowExecution",
        "ScheduleActivityTask",
        "StartChildWorkflowExecution",
        "StartTimer",
        "CancelTimer",
        "RecordMarker",
        "SignalExternalWorkflowExecution",
        "ContinueAsNewWorkflowExecution",
        "CompleteWorkflowExecution",
    } <= seen
