"""Bytes: headers, bodies, faults, as SDKs of all ages send and read them."""

from __future__ import annotations

import json
import socket
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pytest

from conformance.region import NOW
from conformance.wire import LONG, SHORT
from conformance.words import complete, timer

if TYPE_CHECKING:
    from conformance.wire import Reply, Wire

UNKNOWN_DOMAIN = (
    b'{"__type":"com.amazonaws.swf.base.model#UnknownResourceFault","message":"Unknown domain: nope"}'
)
VALIDATION = "com.amazon.coral.validate#ValidationException"
SERIALIZATION = "com.amazon.coral.service#SerializationException"


def validation(reply: Reply) -> str:
    """Return the message of a refusal by ValidationException."""
    assert reply.status == 400
    assert reply.json.keys() == {"__type", "message"}
    assert reply.json["__type"] == VALIDATION
    message: str = reply.json["message"]
    return message


def serialization(reply: Reply) -> str:
    assert reply.status == 400
    assert reply.json.keys() == {"__type", "Message"}
    assert reply.json["__type"] == SERIALIZATION
    message: str = reply.json["Message"]
    return message


@pytest.mark.edge(1)
@pytest.mark.parametrize("prefix", [SHORT, LONG])
def test_both_target_prefixes_name_an_operation(wire: Wire, prefix: str) -> None:
    reply = wire.send("DescribeDomain", {"name": "nope"}, prefix=prefix)

    assert reply.status == 400
    assert reply.body == UNKNOWN_DOMAIN
    assert reply.headers["x-amzn-requestid"]


@pytest.mark.edge(2)
def test_what_answers_nothing_has_an_empty_body(wire: Wire) -> None:
    wire.region.start()

    reply = wire.send("TerminateWorkflowExecution", {"domain": "d", "workflowId": "w"})

    assert (reply.status, reply.body) == (200, b"")
    assert reply.headers["content-length"] == "0"
    assert reply.headers["content-type"] == "application/json"
    assert reply.headers["x-amzn-requestid"]


@pytest.mark.edge(3)
@pytest.mark.parametrize(
    "content_type",
    [
        "application/json; charset=UTF-8",
        "application/x-amz-json-1.0; charset=UTF-8",
        "application/json",
        "text/plain",
    ],
)
def test_content_type_and_encoding_are_labels(wire: Wire, content_type: str) -> None:
    headers = {"Content-Encoding": "amz-1.0", "Content-Type": content_type}

    reply = wire.send("DescribeDomain", {"name": "d"}, headers=headers)

    assert reply.status == 200
    assert reply.headers["content-type"] == "application/json"
    assert reply.json["domainInfo"]["name"] == "d"


@pytest.mark.edge(4)
def test_a_start_answers_a_run_id_and_nothing_else(wire: Wire) -> None:
    kind = {"name": "W", "version": "1"}

    reply = wire.send("StartWorkflowExecution", {"domain": "d", "workflowId": "w", "workflowType": kind})

    assert reply.json.keys() == {"runId"}
    assert len(reply.json["runId"]) == 46
    assert reply.json["runId"].endswith("=")


@pytest.mark.edge(5)
def test_a_time_is_a_number_in_any_notation(wire: Wire) -> None:
    wire.region.start()

    def listed(oldest: str) -> Reply:
        body = '{"domain":"d","startTimeFilter":{"oldestDate":%s}}' % oldest  # noqa: UP031
        return wire.send("ListOpenWorkflowExecutions", body)

    whole, exponent, fraction = listed("1469406677"), listed("1.469406677E9"), listed("1469406677.001")

    assert len(whole.json["executionInfos"]) == 1
    assert whole.body == exponent.body == fraction.body


@pytest.mark.edge(6)
def test_members_are_sorted_in_compact_json(wire: Wire) -> None:
    run_id = wire.region.start(tagList=["t"], input="i")
    wire.region.decide(timer(), executionContext="x")
    execution = {"runId": run_id, "workflowId": "w"}

    described = wire.send("DescribeWorkflowExecution", {"domain": "d", "execution": execution})
    history = wire.send("GetWorkflowExecutionHistory", {"domain": "d", "execution": execution})

    for reply in (described, history):
        again = json.dumps(reply.json, sort_keys=True, separators=(",", ":"))
        assert json.dumps(reply.json, separators=(",", ":")) == again
        assert b": " not in reply.body
        assert b", " not in reply.body
    assert described.json["openCounts"]["openChildWorkflowExecutions"] == 0
    assert described.json["executionInfo"]["cancelRequested"] is False


def test_numbers_and_flags_that_are_zero_are_printed(wire: Wire) -> None:
    run_id = wire.region.start()
    wire.region.signal()
    execution = {"runId": run_id, "workflowId": "w"}

    history = wire.send("GetWorkflowExecutionHistory", {"domain": "d", "execution": execution})
    counted = wire.send("CountOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": 0}})
    listed = wire.send("ListOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": 0}})

    assert b'"parentInitiatedEventId":0' in history.body
    assert b'"externalInitiatedEventId":0' in history.body
    assert counted.body == b'{"count":1,"truncated":false}'
    assert b'"cancelRequested":false' in listed.body


@pytest.mark.edge(27)
def test_empty_polls_answer_their_zeros(wire: Wire) -> None:
    body = {"domain": "d", "taskList": {"name": "nobody's"}}

    decision = wire.send("PollForDecisionTask", body)
    activity = wire.send("PollForActivityTask", body)

    assert decision.body == b'{"previousStartedEventId":0,"startedEventId":0}'
    assert activity.body == b'{"startedEventId":0}'


def test_times_are_seconds_with_three_decimals_at_most(wire: Wire) -> None:
    wire.region.advance(0.123456)
    wire.region.start()

    reply = wire.send("ListOpenWorkflowExecutions", {"domain": "d", "startTimeFilter": {"oldestDate": 0}})

    assert reply.json["executionInfos"][0]["startTimestamp"] == NOW + 0.123


def test_an_empty_text_stays_and_an_absent_one_is_left_out(wire: Wire) -> None:
    wire.region.inside.register_domain(
        name="blank", description="", workflowExecutionRetentionPeriodInDays="1"
    )

    blank = wire.send("DescribeDomain", {"name": "blank"})
    plain = wire.send("DescribeDomain", {"name": "d"})

    assert blank.json["domainInfo"]["description"] == ""
    assert "description" not in plain.json["domainInfo"]
    assert b"null" not in blank.body + plain.body


@pytest.mark.edge(7)
def test_a_number_where_a_text_is_due(wire: Wire) -> None:
    reply = wire.send("RegisterDomain", {"name": "e", "workflowExecutionRetentionPeriodInDays": 7})

    assert serialization(reply) == (
        "class com.amazon.coral.value.json.numbers.TruncatingBigNumber can not be converted to an String"
    )


@pytest.mark.edge(8)
def test_a_boolean_where_a_text_is_due(wire: Wire) -> None:
    reply = wire.send("DescribeDomain", '{"name": true}')

    assert serialization(reply) == "class java.lang.Boolean can not be converted to an String"


@pytest.mark.parametrize(
    "body",
    [
        "{",
        "[]",
        '"d"',
        "7",
        '{"name": }',
        b'{"name": "\xff"}',
        '{"name": ["d"]}',
        '{"name": {"d": 1}}',
        "nul",
    ],
)
def test_what_cannot_be_read_is_refused_as_such(wire: Wire, body: str | bytes) -> None:
    assert serialization(wire.send("DescribeDomain", body)) is not None


def test_a_list_where_a_text_is_due(wire: Wire) -> None:
    assert serialization(wire.send("DescribeDomain", {"name": ["d"]})) == (
        "Start of list found where not expected"
    )


@pytest.mark.edge(9)
def test_a_name_has_a_character_at_least(wire: Wire) -> None:
    reply = wire.send("RegisterDomain", {"name": "", "workflowExecutionRetentionPeriodInDays": "7"})

    assert validation(reply) == (
        "1 validation error detected: Value '' at 'name' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


@pytest.mark.edge(10)
@pytest.mark.parametrize(
    ("size", "constraint"),
    [
        (1001, "Member must have value less than or equal to 1000"),
        (-1, "Member must have value greater than or equal to 0"),
    ],
)
def test_a_page_has_a_thousand_at_most(wire: Wire, size: int, constraint: str) -> None:
    reply = wire.send("ListDomains", {"registrationStatus": "REGISTERED", "maximumPageSize": size})

    assert validation(reply) == (
        f"1 validation error detected: Value '{size}' at 'maximumPageSize' "
        f"failed to satisfy constraint: {constraint}"
    )


@pytest.mark.edge(11)
def test_a_choice_is_one_of_those_there_are(wire: Wire) -> None:
    reply = wire.send("ListDomains", {"registrationStatus": "X"})

    assert validation(reply) == (
        "1 validation error detected: Value 'X' at 'registrationStatus' failed to satisfy constraint: "
        "Member must satisfy enum value set: [REGISTERED, DEPRECATED]"
    )


@pytest.mark.edge(12)
@pytest.mark.parametrize(
    "target", ["SimpleWorkflowService.Nope", "Other.DescribeDomain", "", "DescribeDomain"]
)
def test_an_operation_that_there_is_not(wire: Wire, target: str) -> None:
    reply = wire.raw(b"{}", {"X-Amz-Target": target})

    assert reply.status == 400
    assert reply.json["__type"].endswith("UnknownOperationException")


def test_no_operation_at_all(wire: Wire) -> None:
    reply = wire.raw(b"{}", {})

    assert reply.status == 400
    assert reply.json["__type"].endswith("UnknownOperationException")


@pytest.mark.edge(13)
@pytest.mark.parametrize("body", [None, b"", "{}", '{"domain": null, "unknown": 1}'])
def test_all_that_is_missing_is_named_at_once(wire: Wire, body: str | bytes | None) -> None:
    message = validation(wire.send("CountPendingActivityTasks", body))

    assert message.startswith("2 validation errors detected: ")
    assert set(message.removeprefix("2 validation errors detected: ").split("; ")) == {
        f"Value null at '{member}' failed to satisfy constraint: Member must not be null"
        for member in ("domain", "taskList")
    }


@pytest.mark.edge(14)
@pytest.mark.parametrize("name", ["a:b", "a/b", "a|b", "a\u0001b", "a\u0080b", "arn"])
def test_names_that_would_break_an_arn_are_refused(wire: Wire, name: str) -> None:
    kind = {"name": "W", "version": "1"}

    reply = wire.send("StartWorkflowExecution", {"domain": "d", "workflowId": name, "workflowType": kind})

    assert "workflowId" in validation(reply)


@pytest.mark.edge(14)
@pytest.mark.parametrize("name", ["learn", "arn1", "ARN", "häuser", "a b", " spaced "])
def test_names_that_only_resemble_those_are_fine(wire: Wire, name: str) -> None:
    kind = {"name": "W", "version": "1"}

    reply = wire.send("StartWorkflowExecution", {"domain": "d", "workflowId": name, "workflowType": kind})

    assert reply.status == 200


def test_members_that_nobody_knows_are_ignored(wire: Wire) -> None:
    assert wire.send("DescribeDomain", {"name": "d", "colour": {"deep": [1]}}).status == 200


def test_queries_do_not_matter(wire: Wire) -> None:
    assert wire.send("DescribeDomain", {"name": "d"}, path="/?Action=x").status == 200


def test_an_authorization_is_not_asked_for_nor_looked_at(wire: Wire) -> None:
    headers = {"Authorization": "AWS4-HMAC-SHA256 Credential=x/20260101/eu-west-1/swf/aws4_request"}

    assert wire.send("DescribeDomain", {"name": "d"}, headers=headers).status == 200


def test_a_request_of_more_than_a_megabyte_is_refused(wire: Wire) -> None:
    body = {"name": "d", "padding": "x" * 1_100_000}

    reply = wire.send("DescribeDomain", body)

    assert 400 <= reply.status < 500
    assert wire.send("DescribeDomain", {"name": "d"}).status == 200


def test_a_connection_serves_one_request_after_another(wire: Wire) -> None:
    connection = HTTPConnection(*wire.address, timeout=20)
    try:
        for name, status in (("nope", 400), ("d", 200), ("nope", 400)):
            connection.request(
                "POST", "/", json.dumps({"name": name}), {"X-Amz-Target": SHORT + "DescribeDomain"}
            )
            answer = connection.getresponse()
            answer.read()
            assert answer.status == status
    finally:
        connection.close()


def test_a_body_may_come_in_chunks(wire: Wire) -> None:
    connection = HTTPConnection(*wire.address, timeout=20)
    headers = {"X-Amz-Target": SHORT + "DescribeDomain", "Transfer-Encoding": "chunked"}
    try:
        connection.request("POST", "/", iter([b'{"name"', b':"d"}']), headers, encode_chunked=True)
        assert connection.getresponse().status == 200
    finally:
        connection.close()


def test_who_expects_to_continue_is_told_to(wire: Wire) -> None:
    head = (
        "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 12\r\nExpect: 100-continue\r\n"
        f"X-Amz-Target: {SHORT}DescribeDomain\r\nConnection: close\r\n\r\n"
    )
    with socket.create_connection(wire.address, timeout=20) as plug:
        plug.sendall(head.encode())
        first = plug.recv(1000)
        plug.sendall(b'{"name":"d"}')
        rest = b"".join(iter(lambda: plug.recv(1000), b""))

    assert first.startswith(b"HTTP/1.1 100 ")
    assert b"HTTP/1.1 200 " in first + rest


def test_a_fault_of_the_model_has_a_small_message(wire: Wire) -> None:
    wire.region.start()

    again: dict[str, Any] = {"domain": "d", "workflowId": "w", "workflowType": {"name": "W", "version": "1"}}
    reply = wire.send("StartWorkflowExecution", again)

    assert reply.json == {
        "__type": "com.amazonaws.swf.base.model#WorkflowExecutionAlreadyStartedFault",
        "message": "Already Started",
    }


def test_a_task_is_answered_with_its_members_and_no_others(wire: Wire) -> None:
    run_id = wire.region.start()
    reply = wire.send("PollForDecisionTask", {"domain": "d", "taskList": {"name": "dl"}})
    done = wire.send(
        "RespondDecisionTaskCompleted", {"taskToken": reply.json["taskToken"], "decisions": [complete()]}
    )

    assert list(reply.json) == [
        "events",
        "previousStartedEventId",
        "startedEventId",
        "taskToken",
        "workflowExecution",
        "workflowType",
    ]
    assert reply.json["workflowExecution"] == {"runId": run_id, "workflowId": "w"}
    assert (done.status, done.body) == (200, b"")
