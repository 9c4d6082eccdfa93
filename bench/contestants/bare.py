"""A form is read and checked by hand, and kept. This is the least that a function on boto3 can do."""

import base64
import json
import os
import re
import uuid
from urllib.parse import parse_qsl

import boto3

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
ROLES = ("psm", "pss", "other")

client = boto3.client("dynamodb")


def handler(event, context):  # noqa: ANN001, ANN201, ARG001, D103 - nobody who writes so little writes more.
    body = event.get("body") or ""
    if event.get("isBase64Encoded"):
        body = base64.b64decode(body).decode()
    form = dict(parse_qsl(body))
    errors = {}
    if not 0 < len(form.get("name", "").strip()) <= 100:  # noqa: PLR2004 - a name of a usual length.
        errors["name"] = "Enter your name"
    if not ADDRESS.fullmatch(form.get("email", "")):
        errors["email"] = "Enter an email address"
    if form.get("role") not in ROLES:
        errors["role"] = "Choose your role"
    if errors:
        return _answer(422, {"errors": errors})
    made = uuid.uuid4().hex
    if form.get("kept") != "no":
        client.put_item(
            TableName=os.environ["TABLE_NAME"],
            Item={
                "pk": {"S": f"PERSON#{made}"},
                "sk": {"S": "PERSON"},
                "name": {"S": form["name"]},
                "email": {"S": form["email"]},
                "role": {"S": form["role"]},
            },
            ConditionExpression="attribute_not_exists(pk)",
        )
    return _answer(201, {"id": made})


def _answer(status, value):  # noqa: ANN001, ANN202 - as above.
    return {"statusCode": status, "headers": {"content-type": "application/json"}, "body": json.dumps(value)}
