"""The same as ``bare``, as people write it with FastAPI and deploy it with Mangum."""

import os
import uuid
from typing import Annotated, Literal

import boto3
from fastapi import FastAPI, Form
from mangum import Mangum
from pydantic import BaseModel, Field

app = FastAPI()
client = boto3.client("dynamodb")


class Person(BaseModel):
    """The form."""

    name: str = Field(min_length=1, max_length=100)
    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    role: Literal["psm", "pss", "other"]
    kept: Literal["yes", "no"] = "yes"


class Made(BaseModel):
    """The answer."""

    id: str


@app.post("/people", status_code=201)
def join(person: Annotated[Person, Form()]) -> Made:
    """Keep one person."""
    made = uuid.uuid4().hex
    if person.kept == "yes":
        client.put_item(
            TableName=os.environ["TABLE_NAME"],
            Item={
                "pk": {"S": f"PERSON#{made}"},
                "sk": {"S": "PERSON"},
                "name": {"S": person.name},
                "email": {"S": person.email},
                "role": {"S": person.role},
            },
            ConditionExpression="attribute_not_exists(pk)",
        )
    return Made(id=made)


handler = Mangum(app, lifespan="off")
