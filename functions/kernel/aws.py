"""Connections to AWS's services, which are made when something is first asked of them.

They come from botocore, the part of AWS's library for Python that speaks to AWS. The rest of that library, boto3, adds
ways of writing that we do not use, and a twentieth to what a function does to start.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

CALLER = "psmn"
"""What we call ourselves. Its own name botocore puts together of a dozen parts, twice for each call, which is a seventh
of all that a call costs."""


@cache
def session() -> Session:
    """What all connections share: a second one costs a twentieth of the first."""
    return get_session()


def connect(service: str, how: Mapping[str, Any] | None = None) -> Any:
    """A client of a service in the region and account of the environment.

    ``how`` it waits and tries again is said in the words of ``botocore.config.Config``.
    """
    return session().create_client(service, config=Config(user_agent=CALLER, **(how or {})))
