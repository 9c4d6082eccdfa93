"""A Lambda function of this product, checked against the settings its code will read."""

import inspect
from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sqs as sqs
from constructs import Construct
from pydantic import BaseModel

from functions.kernel.measures import NAMESPACE
from infra.bundle import ON_LAMBDA
from infra.findings import NO_KEY_OF_OUR_OWN, accept
from infra.stages import Platform, Stage

ZONES_OF_THE_BUNDLE = {"PYTHONTZPATH": f"{ON_LAMBDA}/tzdata/zoneinfo"}
"""Python takes the rules of time zones from the bundle: to find out where the machine might have some takes a
two-hundredth of a start (Python, "zoneinfo", "Runtime configuration")."""


class Function(Construct):
    """``mail.send`` is the function ``functions.mail.jobs.send``; ``mail.web`` is ``functions.mail.web.handler``.

    Each has a role of its own that may write its log and nothing else: ``service_stack.py`` says what more it may do.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        stage: Stage,
        code: lambda_.Code,
        environment: Mapping[str, str],
        memory: int = 512,
        timeout: Duration,
        concurrency: int,
        undelivered: sqs.IQueue | None = None,
    ) -> None:
        """Make the function called ``name``.

        :param environment: one value for each field of the domain's settings.
        :param memory: MiB. Lambda gives processor time in proportion, so this is the speed as well.
        :param concurrency: how many may run at once, so that a flood costs a known amount and starves nobody else.
        :param undelivered: where AWS puts an event that no one waits for, once it has given up trying.
        """
        super().__init__(scope, name)
        self.name = name
        domain, action = name.split(".")
        handler = f"functions.{domain}.web.handler" if action == "web" else f"functions.{domain}.jobs.{action}"
        check_environment(domain, environment)
        own_name = physical_name(stage, name)
        log = logs.LogGroup(
            self,
            "Log",
            log_group_name=f"/aws/lambda/{own_name}",
            retention=logs.RetentionDays.ONE_MONTH,
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(log, {"CKV_AWS_158": NO_KEY_OF_OUR_OWN})
        # It has a name that other stacks can know, for the policies of what must outlive this one.
        self.role = iam.Role(self, "Role", role_name=own_name, assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        self.may("logs:CreateLogStream", "logs:PutLogEvents", on=[log.log_group_arn])
        self.function = lambda_.Function(
            self,
            "Function",
            function_name=own_name,
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=_architecture(stage),
            code=code,
            handler=handler,
            role=self.role,
            environment={
                **{field.upper(): value for field, value in environment.items()},
                NAMESPACE: stage.prefix,
                **ZONES_OF_THE_BUNDLE,
            },
            memory_size=memory,
            timeout=timeout,
            reserved_concurrent_executions=concurrency if stage.reserve_concurrency else None,
            log_group=log,
            logging_format=lambda_.LoggingFormat.JSON,
            dead_letter_queue=undelivered,
        )
        python = "The whole product is made for and tested on Python 3.13, which Lambda supports."
        accept(
            self.function,
            {
                "AwsSolutions-L1": python,
                "Serverless-LambdaLatestVersion": python,
                "Serverless-LambdaTracing": "Each line of the log names the request, and the alarms count. Tracing "
                "would go into every start and every bill.",
                "CKV_AWS_117": "It calls AWS alone, over TLS. A network of our own costs 30 dollars a month for its "
                "way out.",
                "CKV_AWS_173": "No variable is a secret: infra/ gives each function names and addresses alone.",
            },
        )
        if undelivered is None:
            waits = "Somebody waits for its answer, or a queue or a stream keeps what it fails at."
            accept(self.function, {"Serverless-LambdaDLQ": waits, "CKV_AWS_116": waits})
        if not stage.reserve_concurrency:
            accept(self.function, {"CKV_AWS_115": "A new account has too few to reserve any: psmn.toml says more."})

    def may(self, *actions: str, on: Sequence[str], only_if: Mapping[str, Any] | None = None) -> None:
        """Let this function call ``actions`` on the resources ``on``, under the IAM condition ``only_if``."""
        self.role.add_to_policy(iam.PolicyStatement(actions=list(actions), resources=list(on), conditions=only_if))

    def may_not(self, *actions: str, on: Sequence[str], if_so: Mapping[str, Any]) -> None:
        """Forbid this function ``actions`` on the resources ``on`` under the IAM condition ``if_so``, whatever else it
        may do: a denial is stronger.
        """
        self.role.add_to_policy(
            iam.PolicyStatement(effect=iam.Effect.DENY, actions=list(actions), resources=list(on), conditions=if_so)
        )


class WebFunction(Function):
    """The pages of one domain. Somebody waits for each answer, so it is quick and there are many of it."""

    def __init__(
        self, scope: Construct, domain: str, *, stage: Stage, code: lambda_.Code, environment: Mapping[str, str]
    ) -> None:
        """Make the function that answers the paths of ``domain``."""
        super().__init__(
            scope,
            f"{domain}.web",
            stage=stage,
            code=code,
            environment=environment,
            memory=1024,
            timeout=Duration.seconds(10),
            concurrency=25,
        )


def physical_name(stage: Stage, name: str) -> str:
    """What AWS calls the function ``name`` of a stage, and its role."""
    return f"{stage.prefix}-{name.replace('.', '-')}"


def check_environment(domain: str, environment: Mapping[str, str]) -> None:
    """Compare what we are about to give a function with what its domain's settings say it reads.

    Raises ``ValueError`` with a sentence, so that a forgotten variable stops synthesis and not a member.
    """
    fields = settings_of(domain).model_fields.keys()
    missing, unknown = sorted(fields - environment.keys()), sorted(environment.keys() - fields)
    if missing or unknown:
        problems = [f"does not supply {name}" for name in missing]
        problems += [f"supplies {name}, which nothing reads" for name in unknown]
        raise ValueError(
            f"infra/{domain}.py {' and '.join(problems)}: make it agree with functions/{domain}/settings.py."
        )


def settings_of(domain: str) -> type[BaseModel]:
    """Return the one settings class that ``functions/<domain>/settings.py`` defines."""
    module = import_module(f"functions.{domain}.settings")
    (settings,) = (
        value
        for value in vars(module).values()
        if inspect.isclass(value) and issubclass(value, BaseModel) and value.__module__ == module.__name__
    )
    return settings


def _architecture(stage: Stage) -> lambda_.Architecture:
    """Arm costs a fifth less. On this machine, code runs on whatever this machine is, and nothing reads the name."""
    return lambda_.Architecture.ARM_64 if stage.platform is Platform.CLOUD else lambda_.Architecture.X86_64
