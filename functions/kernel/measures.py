"""What is counted, for the alarms and for the people who run the network."""

from aws_lambda_powertools.metrics import MetricUnit, single_metric

NAMESPACE = "psmn"
"""The group of our metrics in CloudWatch. Each metric costs about $0.30 a month, so there are few."""


def count(name: str, number: int = 1, **dimensions: str) -> None:
    """Add to a metric. It goes out as a line of the log, in CloudWatch's embedded metric format."""
    with single_metric(name=name, unit=MetricUnit.Count, value=number, namespace=NAMESPACE) as metric:
        for dimension, value in dimensions.items():
            metric.add_dimension(dimension, value)
