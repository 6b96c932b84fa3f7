"""Signatures: the same as botocore's, and nothing but the right one passes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import boto3
import pytest
from botocore import auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials as BotocoreCredentials
from hypothesis import given
from hypothesis import strategies as st

from swf.exceptions import (
    Fault,
    IncompleteSignature,
    InvalidSignature,
    MissingAuthenticationToken,
    UnrecognizedClient,
)
from swf.protocol.sigv4 import Credentials, Request, sign, verify

NOW = datetime(2026, 5, 4, 12, 30, 15, tzinfo=UTC)
WHO = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
SECRETS = {WHO.access_key: WHO.secret_key}
HEADERS = {
    "host": "127.0.0.1:7930",
    "content-type": "application/x-amz-json-1.0",
    "x-amz-target": "SimpleWorkflowService.PollForDecisionTask",
}
ASKED = Request(HEADERS, b'{"domain":"d"}')
MISMATCH = "The request signature we calculated does not match the signature you provided"


def signed(request: Request = ASKED, who: Credentials = WHO, **options: Any) -> Request:
    added = sign(request, who, **{"region": "us-east-1", "now": NOW, **options})
    return replace(request, headers={**request.headers, **added})


def with_headers(request: Request, **headers: str | None) -> Request:
    changed = {**request.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return replace(request, headers={name: value for name, value in changed.items() if value is not None})


def by_botocore(request: Request, who: Credentials, region: str) -> dict[str, str]:
    """Return the headers of a request that botocore has signed."""
    url = f"http://{request.headers['host']}{request.path}" + (f"?{request.query}" if request.query else "")
    theirs = AWSRequest(request.method, url, headers=dict(request.headers), data=request.body)
    credentials = BotocoreCredentials(who.access_key, who.secret_key, who.token)
    with mock.patch("botocore.auth.get_current_datetime", return_value=NOW.replace(tzinfo=None)):
        auth.SigV4Auth(credentials, "swf", region).add_auth(theirs)
    return {name.lower(): value for name, value in theirs.headers.items()}


TEXTS = st.text("abc XYZ0-_.~/+=", max_size=12)


@given(
    body=st.binary(max_size=40),
    secret=st.text("abcXYZ019/+", min_size=1, max_size=40),
    token=st.none() | st.text("abc/+=", min_size=1, max_size=20),
    region=st.sampled_from(["us-east-1", "eu-west-3"]),
    query=st.sampled_from(["", "b=2&a=1", "a", "a=2&a=1", "x=%20y"]),
    path=st.sampled_from(["/", "/a", "/a%20b/~c"]),
    extra=st.dictionaries(st.sampled_from(["x-one", "accept", "content-encoding"]), TEXTS),
)
def test_we_sign_as_botocore_does(
    body: bytes, secret: str, token: str | None, region: str, query: str, path: str, extra: dict[str, str]
) -> None:
    who = Credentials("AKID", secret, token)
    request = Request({**HEADERS, **extra}, body, path=path, query=query)

    theirs = by_botocore(request, who, region)
    ours = {**request.headers, **sign(request, who, region=region, now=NOW)}

    assert ours == theirs
    assert verify(replace(request, headers=theirs), {"AKID": secret}, now=NOW) == "AKID"


def test_what_boto3s_client_sends_is_verified() -> None:
    session = boto3.Session("AKIDEXAMPLE", WHO.secret_key, region_name="us-east-1")
    client = session.client("swf", endpoint_url="http://127.0.0.1:7930")
    sent = []

    def note(request: Any, **_: Any) -> Any:
        sent.append(request)
        raise InterruptedError

    client.meta.events.register("before-send.swf.DescribeDomain", note)
    with pytest.raises(InterruptedError):
        client.describe_domain(name="d")
    [request] = sent
    headers = {
        name.lower(): value.decode() if isinstance(value, bytes) else value
        for name, value in request.headers.items()
    }
    asked = Request({"host": "127.0.0.1:7930", **headers}, request.body)

    assert verify(asked, SECRETS, now=datetime.now(UTC), region="us-east-1") == "AKIDEXAMPLE"


def test_a_signature_is_good_for_five_minutes_before_and_after() -> None:
    for minutes in (-5, 0, 5):
        assert verify(signed(), SECRETS, now=NOW + timedelta(minutes=minutes)) == WHO.access_key


@pytest.mark.parametrize(
    ("later", "message"),
    [
        (
            301,
            (
                "Signature expired: 20260504T123015Z is now earlier than 20260504T123016Z "
                "(20260504T123516Z - 5 min.)"
            ),
        ),
        (
            -301,
            (
                "Signature not yet current: 20260504T123015Z is still later than 20260504T123014Z "
                "(20260504T122514Z + 5 min.)"
            ),
        ),
    ],
)
def test_a_clock_that_is_off_is_told_of(later: int, message: str) -> None:
    with pytest.raises(InvalidSignature) as caught:
        verify(signed(), SECRETS, now=NOW + timedelta(seconds=later))

    assert caught.value.message == message


@pytest.mark.parametrize(
    "change",
    [
        {"body": b'{"domain":"e"}'},
        {"method": "GET"},
        {"path": "/other"},
        {"query": "a=1"},
        {"x_amz_target": "SimpleWorkflowService.TerminateWorkflowExecution"},
        {"host": "elsewhere"},
        {"content_type": "text/plain"},
        {"content_type": None},
        {"x_amz_date": "20260504T123016Z"},
    ],
    ids=str,
)
def test_whatever_is_changed_on_the_way_is_found(change: dict[str, Any]) -> None:
    request = signed()
    changed = (
        replace(request, **change)
        if set(change) & {"body", "method", "path", "query"}
        else with_headers(request, **change)
    )

    with pytest.raises(InvalidSignature, match=MISMATCH):
        verify(changed, SECRETS, now=NOW)


def test_the_hash_that_a_client_names_must_be_that_of_its_body() -> None:
    for claimed in ("UNSIGNED-PAYLOAD", "0" * 64):
        request = signed(with_headers(ASKED, x_amz_content_sha256=claimed))
        with pytest.raises(InvalidSignature, match=MISMATCH):
            verify(request, SECRETS, now=NOW)


def test_another_secret_and_an_unknown_key_are_refused() -> None:
    with pytest.raises(InvalidSignature, match=MISMATCH):
        verify(signed(), {WHO.access_key: "another"}, now=NOW)
    with pytest.raises(UnrecognizedClient, match="The security token included in the request is invalid"):
        verify(signed(), {"other": WHO.secret_key}, now=NOW)


@pytest.mark.parametrize("name", ["host", "x-amz-date", "x-amz-target"])
def test_what_matters_must_be_signed(name: str) -> None:
    request = signed()
    names = sorted(each for each in (*HEADERS, "x-amz-date") if each != name)
    all_names = ";".join(sorted((*HEADERS, "x-amz-date")))
    authorization = request.headers["authorization"].replace(all_names, ";".join(names))

    with pytest.raises(InvalidSignature, match="must be a 'SignedHeader' in the AWS Authorization"):
        verify(with_headers(request, authorization=authorization), SECRETS, now=NOW)


def test_nothing_signed_is_told_of() -> None:
    for request in (ASKED, with_headers(ASKED, authorization=" ")):
        with pytest.raises(MissingAuthenticationToken, match="Request is missing Authentication Token"):
            verify(request, SECRETS, now=NOW)


SCOPE = "AKIDEXAMPLE/20260504/us-east-1/swf/aws4_request"


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (SCOPE.replace("swf", "sqs"), "Credential should be scoped to correct service: 'swf'."),
        (
            SCOPE.replace("us-east-1", "eu-west-1"),
            "Credential should be scoped to a valid region, not 'eu-west-1'.",
        ),
        (
            SCOPE.replace("aws4_request", "aws5"),
            "Credential should be scoped with a valid terminator: 'aws4_request', not 'aws5'.",
        ),
        (
            SCOPE.replace("20260504", "20260503"),
            (
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
                "'20260503' != '20260504', from '20260504T123015Z'."
            ),
        ),
    ],
)
def test_a_signature_for_elsewhere_is_refused(scope: str, message: str) -> None:
    request = signed()
    authorization = request.headers["authorization"].replace(SCOPE, scope)

    with pytest.raises(InvalidSignature) as caught:
        verify(with_headers(request, authorization=authorization), SECRETS, now=NOW, region="us-east-1")

    assert caught.value.message == message


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        ("Bearer abc", "'Bearer' is not the algorithm of a signature: it is AWS4-HMAC-SHA256"),
        (
            "AWS4-HMAC-SHA256 Credential=a/b/c/d/e",
            (
                "Authorization header requires 'Signature' parameter. "
                "Authorization header requires 'SignedHeaders' parameter. Authorization=AWS4-HMAC-SHA256"
            ),
        ),
        (
            "AWS4-HMAC-SHA256 nonsense",
            (
                "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header: "
                "'AWS4-HMAC-SHA256 nonsense'."
            ),
        ),
        (
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260504, SignedHeaders=host, Signature=0",
            (
                "Credential must have exactly 5 slash-delimited elements, "
                "e.g. keyid/date/region/service/term, got '20260504'"
            ),
        ),
    ],
)
def test_half_a_signature_is_told_of(authorization: str, message: str) -> None:
    with pytest.raises(IncompleteSignature) as caught:
        verify(with_headers(signed(), authorization=authorization), SECRETS, now=NOW)

    assert caught.value.message == message


@pytest.mark.parametrize(
    "stamp", ["yesterday", "20260231T000000Z", "2026-05-04T12:30:15Z", "", "20260504T123015z"]
)
def test_a_date_is_in_the_basic_format(stamp: str) -> None:
    with pytest.raises(IncompleteSignature, match="Date must be in ISO-8601 'basic format'"):
        verify(with_headers(signed(), x_amz_date=stamp), SECRETS, now=NOW)


def test_a_date_is_needed() -> None:
    with pytest.raises(IncompleteSignature, match="requires existence of a 'X-Amz-Date' header"):
        verify(with_headers(signed(), x_amz_date=None), SECRETS, now=NOW)


HEADER_TEXT = st.text(st.characters(codec="utf-8") | st.sampled_from("\udc80=,;/ "), max_size=30)
FORMS = (
    "{}",
    "AWS4-HMAC-SHA256 {}",
    "AWS4-HMAC-SHA256 Credential={}, SignedHeaders={}, Signature={}",
    f"AWS4-HMAC-SHA256 Credential={SCOPE}, SignedHeaders=host;x-amz-date;x-amz-target;{{}}, Signature={{}}",
)


@given(
    form=st.sampled_from(FORMS),
    parts=st.tuples(HEADER_TEXT, HEADER_TEXT, HEADER_TEXT),
    target=HEADER_TEXT,
)
def test_no_header_raises_anything_but_a_fault(form: str, parts: tuple[str, ...], target: str) -> None:
    request = with_headers(signed(), authorization=form.format(*parts), x_amz_target=target)

    with pytest.raises(Fault):
        verify(request, SECRETS, now=NOW, region="us-east-1")


def test_secrets_are_not_shown() -> None:
    assert WHO.secret_key not in repr(WHO)
    assert "token" not in repr(Credentials("a", "b", "c"))
