"""What is counted, for the alarms and for the people who run the network."""

NAMESPACE = "POWERTOOLS_METRICS_NAMESPACE"
"""The variable in which each function finds the group of its metrics in CloudWatch, which knows all those of an
account. It is the deployment's own, so that none is counted with another's.
"""


def count(name: str, number: int = 1, **dimensions: str) -> None:
    """Add to a metric. It goes out as a line of the log, in CloudWatch's embedded metric format.

    Each metric costs about $0.30 a month, so there are few.
    """
    # Most answers count nothing.
    from aws_lambda_powertools.metrics import MetricUnit, single_metric  # noqa: PLC0415 - see above.

    with single_metric(name=name, unit=MetricUnit.Count, value=number) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(dimension, value)
