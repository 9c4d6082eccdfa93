"""The OpenAPI document: what other programs can ask, made from the models that answer them."""

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from functions.kernel.pages.brand import BRAND
from functions.membership import api_model as membership
from functions.sessions.model import PublicSession

VERSION = "1.0.0"
_SCHEMAS = "#/components/schemas/"
_MOST_SESSIONS = 500

_REFUSALS = {
    "400": "The body could not be read as JSON.",
    "405": "The address takes another method.",
    "413": "The body is larger than 100 kB.",
    "415": "The body is not application/json.",
    "422": "A field needs another look. There is a sentence for each.",
    "429": "Too many have asked from your network, or from everywhere. Wait an hour.",
    "500": "The fault is ours.",
    "503": "A service that we rely on did not answer. Nothing was changed. Try again after a minute.",
}
_ALWAYS = ("405", "429", "500", "503")


def document(site_origin: str) -> dict[str, Any]:
    """The document of the site at ``site_origin`` (OpenAPI 3.1.1)."""
    return {
        "openapi": "3.1.1",
        "info": {
            "title": BRAND.name,
            "version": VERSION,
            "description": "Ask who may join, hand in an application for somebody, and read the programme.",
            "contact": {"name": BRAND.name, "url": f"{site_origin}/contact"},
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": site_origin}],
        "tags": [
            {"name": "membership", "description": "Who may join, and joining."},
            {"name": "sessions", "description": "The weekly drop-in sessions."},
        ],
        # Nobody signs in here: what these operations tell, a form or a page tells anybody.
        "security": [],
        "paths": {
            "/api/eligibility": {
                "post": _operation(
                    "askEligibility",
                    "Ask whether somebody could join",
                    "Runs the rules. Stores nothing, and looks nobody up.",
                    takes=membership.EligibilityQuestion,
                    gives=("200", "What the rules say.", membership.EligibilityAnswer),
                )
            },
            "/api/applications": {
                "post": _operation(
                    "handInApplication",
                    "Hand in an application",
                    "Mails a code to the address. Nothing is decided before the code comes back, and the answer is "
                    "the same whether or not we know the address. What was sent is deleted after 24 hours.",
                    takes=membership.NewApplication,
                    gives=("202", "Held until the mailbox is proven.", membership.ApplicationHeld),
                )
            },
            "/api/applications/code": {
                "post": _operation(
                    "proveMailbox",
                    "Send the code, and get the decision",
                    "The code works for 15 minutes and 5 tries. Sending it again gives the same answer.",
                    takes=membership.ApplicationCode,
                    gives=("200", "What was decided.", membership.ApplicationDecided),
                )
            },
            "/api/sessions": {
                "get": _operation(
                    "listSessions",
                    "The sessions that are coming",
                    "Titles and times, the soonest first. Who comes and where they meet is for members.",
                    tag="sessions",
                    gives=("200", "The programme.", None),
                )
            },
        },
        "components": {"schemas": _schemas()},
    }


def _operation(
    operation_id: str,
    summary: str,
    description: str,
    *,
    gives: tuple[str, str, type[BaseModel] | None],
    takes: type[BaseModel] | None = None,
    tag: str = "membership",
) -> dict[str, Any]:
    status, words, model = gives
    refusals = _REFUSALS if takes else {code: _REFUSALS[code] for code in _ALWAYS}
    operation: dict[str, Any] = {
        "operationId": operation_id,
        "summary": summary,
        "description": description,
        "tags": [tag],
        "responses": {
            status: _answer(words, model.__name__ if model else "Programme"),
            **{code: _answer(why, "Refused") for code, why in refusals.items()},
        },
    }
    if takes:
        operation["requestBody"] = {"required": True, "content": _json(takes.__name__)}
    return operation


def _answer(words: str, schema: str) -> dict[str, Any]:
    return {"description": words, "content": _json(schema)}


def _json(schema: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"{_SCHEMAS}{schema}"}}}


def _schemas() -> dict[str, Any]:
    taken = (membership.EligibilityQuestion, membership.NewApplication, membership.ApplicationCode)
    given = (
        membership.EligibilityAnswer,
        membership.ApplicationHeld,
        membership.ApplicationDecided,
        membership.Refused,
        PublicSession,
    )
    _, found = models_json_schema(
        [*((model, "validation") for model in taken), *((model, "serialization") for model in given)],
        ref_template=f"{_SCHEMAS}{{model}}",
    )
    programme = {
        "type": "object",
        "description": "What is coming.",
        "additionalProperties": False,
        "required": ["sessions"],
        "properties": {
            "sessions": {
                "type": "array",
                "maxItems": _MOST_SESSIONS,
                "items": {"$ref": f"{_SCHEMAS}PublicSession"},
            }
        },
    }
    schemas: dict[str, Any] = {**found["$defs"], "Programme": programme}
    return dict(sorted(schemas.items()))
