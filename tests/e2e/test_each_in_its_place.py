"""Security requirement 59: on a running deployment, a function that tries what is another's is refused."""

from botocore.exceptions import ClientError

from infra.stages import LOCAL, find
from tests.e2e.cloud import Cloud

REFUSED = {"AccessDenied", "AccessDeniedException", "AccessDenied.QueueAccessDenied"}
TO_SEND = {"mail.dispatch", "mail.send", "mail.sweep"}
"""What may put work on the queues of mail."""
FROM_INBOUND, TO_INDEX = {"invites.hear"}, {"resources.web"}


def test_requirement_59_a_function_that_reaches_for_what_is_anothers_is_refused(local_cloud: Cloud) -> None:
    stack = local_cloud.stack
    let_through = []
    for function in stack.functions:
        sqs, s3, ses, table = (
            local_cloud.in_the_place_of(function, service) for service in ("sqs", "s3", "ses", "dynamodb")
        )
        inbound = {"Bucket": stack.buckets["inbound"], "Key": "mail/somebodys"}
        source, message = find(LOCAL).account_sender, {"Data": b"Hello"}
        mail = {"Source": source, "Destinations": ["ann@example.org"], "RawMessage": message}
        tries = [
            ("mail", TO_SEND, sqs.send_message, {"QueueUrl": stack.queues["mail"], "MessageBody": "forged"}),
            ("bell", TO_INDEX, sqs.send_message, {"QueueUrl": stack.queues["bell"], "MessageBody": "forged"}),
            ("what came in", FROM_INBOUND, s3.get_object, inbound),
            ("ses", {"mail.send"}, ses.send_raw_email, mail),
            ("everything", set(), table.scan, {"TableName": stack.table}),
            ("the table", set(), table.delete_table, {"TableName": stack.table}),
            ("put aside", set(), sqs.purge_queue, {"QueueUrl": stack.queues["undelivered"]}),
        ]
        for what, allowed, call, asked in tries:
            if function in allowed:
                continue
            try:
                call(**asked)
            except ClientError as error:
                if error.response["Error"]["Code"] in REFUSED:
                    continue
            let_through.append((function, what))
    assert let_through == []
