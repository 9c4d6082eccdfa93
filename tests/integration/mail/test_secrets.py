"""Requirement 3: a secret is in the mail it belongs to, and nowhere else."""

import base64
import re
from typing import Any

from functions.kernel import kinds
from functions.mail.model import mail_key, new_mail
from functions.mail.store import planned
from tests.network import Network, code_in, link_in, text_of
from tests.people import ANN, PAT, VERA


def everything(network: Network) -> str:
    """The whole table as one text, what is coded in it too."""
    found: list[Any] = []
    for page in network.table.client.get_paginator("scan").paginate(TableName=network.table.name):
        found += page["Items"]
    text = repr(found)
    coded = re.findall(r"[A-Za-z0-9+/]{24,}={0,2}", text)
    return text + repr([base64.b64decode(each + "==", validate=False) for each in coded])


def test_requirement_3_no_code_token_or_cookie_is_in_the_table_in_the_clear(network: Network) -> None:
    ann = network.member(ANN["name"], ANN["email"])
    secrets: list[str] = []

    browser = network.browser()
    browser.post("/sign-in", email=ANN["email"])
    secrets += [code_in(network.inbox(ANN["email"])[-1]), browser.cookies["__Host-ask"]]
    browser.post("/sign-in/code", code=secrets[0])
    secrets.append(browser.cookies["__Host-member"].partition(".")[2])

    pat = network.join({**PAT, "voucher_name": VERA["name"], "voucher_email": VERA["email"]})
    secrets.append(pat.cookies["__Host-join"])
    question = network.inbox(VERA["email"])[-1]
    secrets += [code_in(question), link_in(question, "/vouch/").rpartition(".")[2]]

    invite = new_mail(
        "invite",
        key=mail_key("invite", "s1", ann.id),
        to_address=ann.address,
        address_digest=ann.address_digest,
        owner=ann.id,
        context={"subject": "Friday", "title": "Friday", "when": "Friday", "summary": "", "page": "https://psmn.test/"},
        now=network.clock.now(),
    )
    network.table.write(planned(invite))
    invitation = network.inbox(ANN["email"])[-1]
    secrets.append(link_in(invitation, "/unsubscribe/").rpartition(".")[2].partition("?")[0])

    held = everything(network)
    assert ann.id in held
    for secret in secrets:
        plain = secret.replace(" ", "")
        assert len(plain) >= 8
        assert plain not in held
        assert secret not in held


def test_requirement_3_the_mail_keeps_its_words_and_no_secret(network: Network) -> None:
    network.member(ANN["name"], ANN["email"])
    network.browser().post("/sign-in", email=ANN["email"])
    message = network.inbox(ANN["email"])[-1]
    assert code_in(message) in str(message["subject"])
    assert code_in(message) in text_of(message)
    (row,) = network.table.client.scan(
        TableName=network.table.name,
        FilterExpression="kind = :mail",
        ExpressionAttributeValues={":mail": {"S": kinds.KIND["mail"].name}},
    )["Items"]
    assert not [name for name in row if "digest" in name and name != "address_digest"]
