"""From which address a request came, on the word of nobody but the hop before us (security requirement 46)."""

from collections.abc import Mapping
from ipaddress import IPv6Address, ip_address
from typing import Any

THROUGH_CLOUDFRONT = {"through": "cloudfront"}
"""What ``functions/gate`` has the gateway say to a function about a request that CloudFront passed on."""

VIEWER = "cloudfront-viewer-address"
"""Where CloudFront writes whom it saw, over whatever was there (AWS, "Add CloudFront request headers")."""

_NETWORK = 64
"""The bits of an IPv6 address that tell one household or hospital from another. A device picks the rest by itself."""


def address_of(event: Mapping[str, Any]) -> str:
    """The address that limits count by: an IPv4 address, or the network of an IPv6 address.

    Without CloudFront in front of it, the gateway saw the visitor itself. Behind CloudFront it saw CloudFront, which
    says in a header whom it saw. Anybody can write such a header, so it counts only with the word of the gateway's
    authorizer, which is no header and which nobody outside can write. What else a request claims is not looked at.
    """
    context = event["requestContext"]
    seen: str = context["http"]["sourceIp"]
    if (context.get("authorizer") or {}).get("lambda") == THROUGH_CLOUDFRONT:
        # The port stands behind the last colon, and an IPv6 address has no brackets around it.
        address, _, _ = event["headers"].get(VIEWER, "").rpartition(":")
        seen = address.strip("[]") or seen
    return _counted(seen)


def _counted(seen: str) -> str:
    try:
        address = ip_address(seen)
    except ValueError:
        return seen
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        host = 128 - _NETWORK
        return f"{IPv6Address(int(address) >> host << host)}/{_NETWORK}"
    return str(address)
