"""Somebody who may decide."""

from datetime import UTC, datetime

from functions.kernel import tokens
from functions.kernel.auth import Role
from functions.membership.model import Member, Verdict


def coordinator(shard: str) -> Member:
    """A coordinator whose id begins with a digit."""
    return Member(
        id=f"{shard}{tokens.digest(shard)[1:32]}",
        name="Cora Example",
        address=f"cora{shard}@nhs.net",
        address_digest=tokens.digest(f"cora{shard}"),
        role="psm",
        nation="england",
        organisation="Anytown NHS Foundation Trust",
        roles=(Role.COORDINATOR,),
        verdict=Verdict(outcome="ACCEPT", reason="A01", grade="G1", rules_version="test"),
        joined_at=datetime(2026, 1, 1, tzinfo=UTC),
    )
