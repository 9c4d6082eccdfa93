"""The queue that mail leaves through, and where what nobody could take is kept."""

from tests.infra.deployment import Deployment, Properties

TWO_WEEKS = 14 * 24 * 60 * 60


def mail_queue(deployment: Deployment) -> Properties:
    (queue,) = (queue for queue in deployment.of_type("AWS::SQS::Queue").values() if "RedrivePolicy" in queue)
    return queue


def test_requirement_76_a_message_stays_out_of_sight_six_times_as_long_as_its_function_may_take(
    deployment: Deployment,
) -> None:
    assert mail_queue(deployment)["VisibilityTimeout"] >= 6 * deployment.functions()["mail.send"]["Timeout"]


def test_requirement_75_a_message_that_always_fails_is_put_aside_after_five_tries(deployment: Deployment) -> None:
    policy = mail_queue(deployment)["RedrivePolicy"]
    assert policy["maxReceiveCount"] == 5
    put_aside = deployment.resources[policy["deadLetterTargetArn"]["Fn::GetAtt"][0]]["Properties"]
    assert put_aside["MessageRetentionPeriod"] == TWO_WEEKS
    assert put_aside["MessageRetentionPeriod"] > mail_queue(deployment)["MessageRetentionPeriod"]


def test_two_workers_send_ten_messages_at_a_time(deployment: Deployment) -> None:
    (mapping,) = (
        mapping
        for mapping in deployment.of_type("AWS::Lambda::EventSourceMapping").values()
        if deployment.named(mapping["FunctionName"]["Fn::GetAtt"][0]) == "mail.send"
    )
    assert mapping["BatchSize"] == 10
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_requirement_65_queues_are_encrypted_at_rest(deployment: Deployment) -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in deployment.of_type("AWS::SQS::Queue").values())


def test_requirement_65_queues_in_the_cloud_refuse_what_travels_in_the_open(cloud: Deployment) -> None:
    closed = set()
    for policy in cloud.of_type("AWS::SQS::QueuePolicy").values():
        (statement,) = policy["PolicyDocument"]["Statement"]
        assert statement["Effect"] == "Deny"
        assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        closed |= {queue["Ref"] for queue in policy["Queues"]}
    assert closed == set(cloud.of_type("AWS::SQS::Queue"))
