"""Lambda functions, where somebody runs them; the embedded engine does not."""

from __future__ import annotations

import pytest
from one_domain import Domain, function, kinds, last

from swf.engine.machine import Limits
from swf.engine.machine import commands as c
from swf.exceptions import UnknownResource
from swf.protocol import events as e


def test_a_function_of_an_execution_with_a_role_runs_where_somebody_runs_it() -> None:
    domain = Domain(Limits(lambda_backend=True))
    execution = domain.start(lambda_role="role")
    domain.decide(function())
    for command in (
        c.StartLambda(5),
        c.EndLambda(5, e.LambdaFunctionCompleted, {"result": "done"}),
    ):
        domain.executions.apply(execution, command, domain.now)

    assert kinds(execution, 5) == [
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionCompleted",
        "DecisionTaskScheduled",
    ]
    assert last(execution, "LambdaFunctionCompleted").result == "done"
    assert execution.open_counts.lambda_functions == 0


@pytest.mark.parametrize(
    "command", [c.StartLambda(5), c.EndLambda(6, e.LambdaFunctionFailed, {"reason": "r", "details": None})]
)
def test_a_function_starts_once_and_ends_only_when_it_has_started(command: c.Command) -> None:
    domain = Domain(Limits(lambda_backend=True))
    execution = domain.start(lambda_role="role")
    domain.decide(function("f"), function("g"))
    domain.executions.apply(execution, c.StartLambda(5), domain.now)

    with pytest.raises(UnknownResource, match="Unknown lambda function"):
        domain.executions.apply(execution, command, domain.now)
