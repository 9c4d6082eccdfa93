"""The people of the tests. Each is somebody, and none of them exists."""

from typing import Any

ANN: dict[str, Any] = {
    "email": "ann.example@nhs.net",
    "name": "Ann Example",
    "role": "psm",
    "nation": "england",
    "organisation": "Anytown NHS Foundation Trust",
    "agree": "yes",
}
"""A patient safety manager at an NHS trust."""

PAT: dict[str, Any] = {
    "email": "pat.example@gmail.com",
    "name": "Pat O'Example",
    "role": "psp",
    "nation": "wales",
    "organisation": "Bwrdd Iechyd Enghraifft",
    "agree": "yes",
}
"""A patient safety partner with an address of their own."""

VERA: dict[str, Any] = {"name": "Vera Example", "email": "vera.example@nhs.net"}
"""Somebody at Pat's health board who can confirm what Pat does."""

SAM: dict[str, Any] = {
    "email": "sam.example@vendor.example.co.uk",
    "name": "Sam Seller",
    "role": "supplier",
    "nation": "scotland",
    "organisation": "Example Supplies",
    "agree": "yes",
}
"""Somebody who sells."""

CORA: dict[str, Any] = {"email": "cora.example@nhs.net", "name": "Cora Example"}
"""The coordinator."""

BEN: dict[str, Any] = {"name": "Ben Example", "email": "ben.example@nhs.net"}
"""Another member."""

COMPLAINT: dict[str, Any] = {
    "name": "Ola Example",
    "email": "ola.example@outside.example.org",
    "happened": "An invitation came to an address that I never gave you.",
    "wanted": "Tell me where you have it from.",
}
"""What somebody who is no member complains of."""

IDA: dict[str, Any] = {"name": "Ida Example", "email": "ida.example@nhs.net"}
"""A member of whom nothing has been heard for a long time."""
