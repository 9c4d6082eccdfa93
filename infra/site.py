"""The function that answers the pages everyone can read."""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.function import WebFunction
from infra.stages import Stage


class Site(Construct):
    """Home, about, privacy, accessibility and the static files."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        version: str,
        table_name: str,
    ) -> None:
        super().__init__(scope, construct_id)
        self.web = WebFunction(
            self,
            "site",
            stage=stage,
            code=code,
            environment={
                "table_name": table_name,
                "site_origin": stage.site_origin,
                "version": version,
                "reply_to": stage.reply_to,
            },
        )
