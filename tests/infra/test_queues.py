"""The queues that bring work to functions, and where what nobody could take is kept."""

from tests.infra.deployment import Deployment, Properties, as_list

TWO_WEEKS = 14 * 24 * 60 * 60
CONSUMERS = {
    "MailUrgent": "mail.send",
    "MailBulk": "mail.send",
    "MailReports": "mail.feedback",
    "ResourcesReports": "resources.inspect",
    "ResourcesBell": "resources.index",
}
"""The function that works off each queue, by what the queue's name holds."""


def work_queues(deployment: Deployment) -> dict[str, Properties]:
    """The queues that something works off, by their logical ids."""
    queues = deployment.of_type("AWS::SQS::Queue")
    return {name: queue for name, queue in queues.items() if "RedrivePolicy" in queue}


def mappings(deployment: Deployment) -> dict[str, Properties]:
    """What brings each queue's messages to a function, by the queue's logical id."""
    return {
        mapping["EventSourceArn"]["Fn::GetAtt"][0]: mapping
        for mapping in deployment.of_type("AWS::Lambda::EventSourceMapping").values()
        if "ScalingConfig" in mapping
    }


def worker_of(deployment: Deployment, queue: str) -> str:
    return deployment.named(mappings(deployment)[queue]["FunctionName"]["Fn::GetAtt"][0])


def test_requirement_78_what_somebody_waits_for_never_waits_behind_mail_to_many(deployment: Deployment) -> None:
    found = {queue: worker_of(deployment, queue) for queue in work_queues(deployment)}
    assert len(found) == len(CONSUMERS)
    for part, worker in CONSUMERS.items():
        assert [name for queue, name in found.items() if queue.startswith(part)] == [worker]


def test_requirement_76_a_message_stays_out_of_sight_six_times_as_long_as_its_function_may_take(
    deployment: Deployment,
) -> None:
    for name, queue in work_queues(deployment).items():
        assert queue["VisibilityTimeout"] >= 6 * deployment.functions()[worker_of(deployment, name)]["Timeout"], name


def test_requirement_75_a_message_that_always_fails_is_put_aside_after_five_tries(deployment: Deployment) -> None:
    put_aside = set()
    for name, queue in work_queues(deployment).items():
        assert queue["RedrivePolicy"]["maxReceiveCount"] == 5, name
        put_aside.add(queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0])
    assert len(put_aside) == len(CONSUMERS)


def test_requirement_76_what_is_put_aside_is_kept_longer_than_in_the_queue_it_came_from(
    deployment: Deployment,
) -> None:
    for name, queue in work_queues(deployment).items():
        target = queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        kept = deployment.resources[target]["Properties"]["MessageRetentionPeriod"]
        assert kept == TWO_WEEKS, name
        assert kept > queue["MessageRetentionPeriod"], name


def test_requirement_76_two_workers_take_ten_messages_at_a_time_from_each_queue_and_one_file(
    deployment: Deployment,
) -> None:
    for queue, mapping in mappings(deployment).items():
        assert mapping["BatchSize"] == (1 if worker_of(deployment, queue) == "resources.inspect" else 10)
        assert "MaximumBatchingWindowInSeconds" not in mapping
        assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


def test_requirement_76_each_worker_has_room_for_all_that_its_queues_bring_at_once(
    deployments: dict[str, Deployment],
) -> None:
    deployment = deployments["local"]
    for function in set(CONSUMERS.values()):
        queues = [queue for queue in mappings(deployment) if worker_of(deployment, queue) == function]
        room = deployment.functions()[function]["ReservedConcurrentExecutions"]
        assert room >= 2 * len(queues), function


def test_requirement_65_queues_are_encrypted_at_rest(deployment: Deployment) -> None:
    assert all(queue["SqsManagedSseEnabled"] for queue in deployment.of_type("AWS::SQS::Queue").values())


def test_requirement_65_queues_in_the_cloud_refuse_what_travels_in_the_open(cloud: Deployment) -> None:
    closed = set()
    for policy in cloud.of_type("AWS::SQS::QueuePolicy").values():
        for statement in policy["PolicyDocument"]["Statement"]:
            if statement["Effect"] == "Deny":
                assert statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
                closed |= {queue["Ref"] for queue in policy["Queues"]}
    assert closed == set(cloud.of_type("AWS::SQS::Queue"))


def test_only_reports_of_mail_and_of_files_are_put_on_a_queue_from_outside(deployment: Deployment) -> None:
    """And what cannot be put there is put aside, where the budget's message may end as well."""
    topic = ("sns.amazonaws.com", {"Ref": deployment.topic("MailSenders")})
    rules = [
        ("events.amazonaws.com", {"Fn::GetAtt": [name, "Arn"]})
        for name in deployment.of_type("AWS::Events::Rule")
        if name.startswith("Quarantine")
    ]
    spent = [
        ("sns.amazonaws.com", {"Ref": name})
        for name in deployment.of_type("AWS::SNS::Topic")
        if name.startswith("WatchBudgetSpent")
    ]
    allowed = [
        statement
        for policy in deployment.of_type("AWS::SQS::QueuePolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Allow"
    ]
    assert all(statement["Action"] == "sqs:SendMessage" for statement in allowed)
    sources = {"MailReports": [topic], "ResourcesReports": rules, "Undelivered": [topic, *rules, *spent]}
    found: dict[str, list[tuple[str, object]]] = {name: [] for name in sources}
    for statement in allowed:
        (to,) = as_list(statement["Resource"])
        (part,) = (name for name in sources if to["Fn::GetAtt"][0].startswith(name))
        found[part].append((statement["Principal"]["Service"], statement["Condition"]["ArnEquals"]["aws:SourceArn"]))
    assert {name: sorted(map(str, each)) for name, each in found.items()} == {
        name: sorted(map(str, each)) for name, each in sources.items()
    }
