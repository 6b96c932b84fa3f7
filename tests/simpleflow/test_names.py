"""Every name that user code imports is where it has always been."""

from __future__ import annotations

import importlib
import subprocess
import sys

import pytest

NAMES = {
    "simpleflow": "Activity Workflow WaitForSignal __version__ __author__ __license__ logger activity canvas "
    "constants exceptions futures history log logging_context registry signal task utils",
    "simpleflow.activity": "Activity NotSet PRIORITY_NOT_SET with_attributes",
    "simpleflow.base": "Submittable SubmittableContainer",
    "simpleflow.canvas": "Chain ChainFuture FuncGroup Group GroupFuture",
    "simpleflow.codec": "decode encode register",
    "simpleflow.constants": "CACHE_DIR DAY HOUR JUMBO_FIELDS_MAX_SIZE JUMBO_FIELDS_PREFIX MAX_CONTROL_LENGTH "
    "MAX_DETAILS_LENGTH MAX_EXECUTION_CONTEXT_LENGTH MAX_HEARTBEAT_DETAILS_LENGTH MAX_IDENTITY_LENGTH "
    "MAX_INPUT_LENGTH MAX_LOG_FIELD MAX_REASON_LENGTH MAX_RESULT_LENGTH MINUTE SIMPLEFLOW_ENV",
    "simpleflow.exceptions": "AggregateException ExecutionBlocked ExecutionError ExecutionTimeoutError "
    "TaskCanceled TaskException TaskFailed TaskTerminated TimeoutError WorkflowException",
    "simpleflow.executor": "Executor",
    "simpleflow.futures": "ALL_COMPLETED CANCELLED CANCELLED_AND_NOTIFIED FINISHED FIRST_COMPLETED "
    "FIRST_EXCEPTION Future PENDING RUNNING _AS_COMPLETED get_result_or_raise use wait",
    "simpleflow.history": "History",
    "simpleflow.local": "Executor run",
    "simpleflow.local.executor": "Executor",
    "simpleflow.log": "BLUE ColorModes END GREEN ORANGE RED SimpleflowFormatter SyslogFormatter YELLOW "
    "color_mode colorize setup_logging",
    "simpleflow.logging_context": "get reset set",
    "simpleflow.marker": "Marker",
    "simpleflow.registry": "Registry registry",
    "simpleflow.retry": "RetryPolicy",
    "simpleflow.signal": "NextSignal WaitForSignal",
    "simpleflow.swf.task": "ActivityTask CancelTimerTask ContinueAsNewWorkflowTask MarkerTask "
    "NonPythonicActivityTask SignalTask SwfTask TimerTask WorkflowTask",
    "simpleflow.task": "ActivityTask CancelTimerTask ChildWorkflowTask MarkerTask SignalTask Task "
    "TaskFailureContext TimerTask WorkflowTask get_actual_value",
    "simpleflow.utils": "format_exc format_exc_type full_class_name full_object_name hex_hash "
    "import_from_module import_object_from_module issubclass_ json_dumps json_loads_or_raw remove_none "
    "serialize_complex_object",
    "simpleflow.utils.retry": "constant exponential with_delay",
    "simpleflow.workflow": "Workflow",
}


@pytest.mark.parametrize("module", NAMES)
def test_a_module_has_its_names(module: str) -> None:
    there = importlib.import_module(module)
    assert [name for name in NAMES[module].split() if not hasattr(there, name)] == []


def test_modules_are_reachable_from_the_package_alone() -> None:
    code = "import simpleflow; print(simpleflow.history.History.__name__, simpleflow.log.RED != '')"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ran.stdout == "History True\n"


def test_an_unknown_name_is_an_attribute_error() -> None:
    import simpleflow

    with pytest.raises(AttributeError, match="nothing"):
        _ = simpleflow.nothing
