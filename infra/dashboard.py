"""One page of figures in AWS's console, for a volunteer who has never seen one."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from infra.stages import Stage

if TYPE_CHECKING:
    from infra.watch import Metrics

WIDTH = 24
HALF = WIDTH // 2
ENDS = ("delivered", "bounced", "complained", "unknown")

WHAT_IS_NORMAL = """\
# {network}: how it is
**Normal:** every light below is green. Pages that fail stay at 0. Mail rises on Monday at 9am and on Friday at 8:30am,
and nearly all of it is delivered. What is put aside is 0. A red light comes with an email that says what to do: the
pages are in `docs/runbooks/`.
"""


class Dashboard(Construct):
    """The alarms as lights, and the figures behind them."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        metrics: "Metrics",
        alarms: Sequence[cloudwatch.Alarm],
    ) -> None:
        super().__init__(scope, construct_id)
        words = WHAT_IS_NORMAL.format(network=stage.prefix)
        hour = Duration.hours(1)
        cloudwatch.Dashboard(
            self,
            "Page",
            dashboard_name=stage.prefix,
            default_interval=Duration.days(7),
            widgets=[
                [cloudwatch.TextWidget(markdown=words, width=WIDTH, height=4)],
                [
                    cloudwatch.AlarmStatusWidget(
                        title="Is anything wrong? Green is good",
                        alarms=list(alarms),
                        width=WIDTH,
                        height=6,
                    )
                ],
                [
                    _graph("Pages that people opened", _called("opened", metrics.requests())),
                    _graph("Pages that failed: should be 0", _called("failed", metrics.faults())),
                ],
                [
                    _graph(
                        "What became of our mail",
                        *(_called(end, metrics.ours("Mail", hour, state=end)) for end in ENDS),
                    ),
                    _graph(
                        "Share of mail that comes back, and that is called spam",
                        _called("comes back", metrics.of_mail("BounceRate")),
                        _called("called spam", metrics.of_mail("ComplaintRate")),
                    ),
                ],
                [
                    _graph(
                        "How long the oldest has waited, in seconds",
                        *(
                            _called(
                                each.words,
                                each.queue.metric_approximate_age_of_oldest_message(
                                    period=Duration.minutes(5), statistic="Maximum"
                                ),
                            )
                            for each in metrics.watched
                        ),
                    ),
                    _graph(
                        "What failed and was put aside: should be 0",
                        *(
                            _called(
                                name,
                                letters.metric_approximate_number_of_messages_visible(
                                    period=Duration.minutes(5), statistic="Maximum"
                                ),
                            )
                            for name, letters in metrics.put_aside.items()
                        ),
                    ),
                ],
                [
                    _graph(
                        "Are the invitations ready? 1 is yes",
                        _called("ready", metrics.ready()),
                    ),
                    _graph(
                        "Shared files, by what became of them",
                        *(
                            _called(became, metrics.ours("File", hour, became=became))
                            for became in ("ready", "held", "refused", "unchecked")
                        ),
                    ),
                ],
            ],
        )


def _called(words: str, metric: cloudwatch.Metric) -> cloudwatch.IMetric:
    return metric.with_(label=words)


def _graph(title: str, *lines: cloudwatch.IMetric) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=list(lines), width=HALF, height=6)
