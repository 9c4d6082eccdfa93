"""From which address a request came (security requirement 46)."""

from ipaddress import IPv4Address, IPv6Address, IPv6Network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.kernel.client import THROUGH_CLOUDFRONT, VIEWER, address_of

GATEWAY_SAW = "203.0.113.80"
CLAIMS = {
    "x-forwarded-for": "198.51.100.9",
    "forwarded": "for=198.51.100.9",
    "true-client-ip": "198.51.100.9",
    "x-origin-secret": "guessed",
}


def request(*, headers: dict[str, str], authorizer: Any = None, seen: str = GATEWAY_SAW) -> dict[str, Any]:
    context: dict[str, Any] = {"http": {"sourceIp": seen}}
    if authorizer is not None:
        context["authorizer"] = authorizer
    return {"headers": headers, "requestContext": context}


def through_cloudfront(viewer: str, **headers: str) -> dict[str, Any]:
    return request(headers={VIEWER: viewer, **headers}, authorizer={"lambda": THROUGH_CLOUDFRONT})


@given(st.ip_addresses(v=4), st.integers(1, 65_535))
def test_requirement_46_behind_cloudfront_it_is_whom_cloudfront_saw(address: IPv4Address, port: int) -> None:
    assert address_of(through_cloudfront(f"{address}:{port}", **CLAIMS)) == str(address)


@given(address=st.ip_addresses(v=6), port=st.integers(1, 65_535), brackets=st.booleans())
def test_requirement_46_nobody_gets_a_limit_of_their_own_for_each_address_of_their_network(
    address: IPv6Address, port: int, *, brackets: bool
) -> None:
    written = f"[{address}]:{port}" if brackets else f"{address}:{port}"
    expected = str(address.ipv4_mapped or IPv6Network((address, 64), strict=False))
    assert address_of(through_cloudfront(written)) == expected


@pytest.mark.parametrize(
    "authorizer", [None, {}, {"lambda": None}, {"lambda": {}}, {"lambda": {"through": "a friend"}}]
)
def test_requirement_46_a_forged_viewer_changes_nothing_without_the_gateways_word(authorizer: Any) -> None:
    forged = request(headers={**CLAIMS, VIEWER: "198.51.100.9:443"}, authorizer=authorizer)
    assert address_of(forged) == GATEWAY_SAW


@given(st.dictionaries(st.sampled_from([*CLAIMS, VIEWER, "through", "authorizer"]), st.text(max_size=40)))
def test_requirement_46_without_cloudfront_no_header_whatever_moves_it(headers: dict[str, str]) -> None:
    assert address_of(request(headers=headers)) == GATEWAY_SAW


@pytest.mark.parametrize("viewer", ["", ":", ":443"])
def test_without_cloudfronts_own_word_all_its_visitors_share_one_limit(viewer: str) -> None:
    assert address_of(through_cloudfront(viewer)) == GATEWAY_SAW
    assert address_of(request(headers={}, authorizer={"lambda": THROUGH_CLOUDFRONT})) == GATEWAY_SAW


@given(st.text(max_size=60))
def test_whatever_stands_there_a_request_is_answered(viewer: str) -> None:
    assert isinstance(address_of(through_cloudfront(viewer)), str)
