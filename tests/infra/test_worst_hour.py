"""Requirement 93: what an hour of attack costs at most, worked out from what is deployed and from dated prices.

The attacker has no account and asks for pages as fast as the gateway lets anybody. Each request takes as long as a
function may take, does the dearest thing to the table that any press of ours does, and makes a mail wherever the mail
service takes one more. No attack is all of that at once, so the true bill is lower.
"""

import re
import tomllib
from dataclasses import dataclass
from typing import Any

import pytest

from functions.resources.inspected import MOST_BYTES
from functions.resources.store import MOST_OFFERS_A_DAY
from infra.stages import ROOT
from tests.infra.deployment import Deployment

HOUR = 60 * 60
NEW_ACCOUNT_MAIL_A_SECOND = 14
"""What SES lets an account send once it is out of its sandbox. More has to be asked for."""
LOGGED = 3_000
"""Bytes of a request in the logs of the gateway and of the function, rounded up."""
MILLION, THOUSAND, GIGA, MEBI_IN_GIBI = 1e6, 1e3, 1e9, 1024


@dataclass(frozen=True, slots=True)
class Bill:
    """US dollars for one hour."""

    gateway: float
    functions: float
    table: float
    logs: float
    mail: float

    @property
    def total(self) -> float:
        """All together."""
        return self.gateway + self.functions + self.table + self.logs + self.mail


def dearest_press() -> tuple[float, float]:
    """The most read and write units of any press or page, as ``docs/speed.md`` has them counted."""
    rows = re.findall(
        r"^\| [^|]*`(?:GET|POST) [^|]*\|[^|]*\|[^|]*\|[^|]*\| ([\d.]+) \| (\d+) \|",
        (ROOT / "docs" / "speed.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    assert len(rows) > 10
    return max(float(reads) for reads, _ in rows), max(float(writes) for _, writes in rows)


def worst_hour(deployment: Deployment, prices: dict[str, Any]) -> Bill:
    """The bill of one hour of the attack described above."""
    (stage,) = deployment.of_type("AWS::ApiGatewayV2::Stage").values()
    a_second = stage["DefaultRouteSettings"]["ThrottlingRateLimit"]
    requests = a_second * HOUR
    pages = [function for name, function in deployment.functions().items() if name.endswith(".web")]
    # Where nothing is reserved, as many run as requests are under way.
    under_way = a_second * max(function["Timeout"] for function in pages)
    reserved = [function.get("ReservedConcurrentExecutions") for function in pages]
    at_once = under_way if None in reserved else min(under_way, sum(reserved))
    gigabytes = max(function["MemorySize"] for function in pages) / MEBI_IN_GIBI
    (reads, writes), table = dearest_press(), prices["table"]
    return Bill(
        gateway=requests / MILLION * prices["gateway"]["million_requests"],
        functions=at_once * HOUR * gigabytes * prices["lambda"]["gb_second"]
        + requests / MILLION * prices["lambda"]["million_requests"],
        table=requests / MILLION * (reads * table["million_reads"] + writes * table["million_writes"]),
        logs=requests * LOGGED / GIGA * prices["logs"]["gigabyte"],
        mail=NEW_ACCOUNT_MAIL_A_SECOND * HOUR / THOUSAND * prices["mail"]["thousand"],
    )


@pytest.fixture(scope="module")
def prices() -> dict[str, Any]:
    return tomllib.loads((ROOT / "bench" / "prices.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("stage", "most"), [("local", 17), ("production", 34)], ids=["reserved", "a new account"])
def test_requirement_93_an_hour_of_attack_costs_no_more_than_is_written_down(
    deployments: dict[str, Deployment], prices: dict[str, Any], stage: str, most: float
) -> None:
    """The local cloud reserves as an account does that has room to. ``decisions/0020`` has both sums."""
    bill = worst_hour(deployments[stage], prices)
    assert most - 2 < bill.total <= most, bill
    decision = (ROOT / "docs/decisions/0020-watched-backed-up-affordable.md").read_text(encoding="utf-8")
    assert f"${most} " in decision


def test_requirement_93_a_member_can_have_no_more_than_a_dollar_a_day_of_files_looked_at(
    cloud: Deployment, prices: dict[str, Any]
) -> None:
    """The one dear thing, and only for somebody whom the rules or a person let in."""
    scanned = MOST_OFFERS_A_DAY * MOST_BYTES / GIGA * prices["files"]["scanned_gigabyte"]
    counted = MOST_OFFERS_A_DAY / THOUSAND * prices["files"]["thousand_scanned"]
    inspect = cloud.functions()["resources.inspect"]
    looked_at = MOST_OFFERS_A_DAY * inspect["Timeout"] * inspect["MemorySize"] / MEBI_IN_GIBI
    assert scanned + counted + looked_at * prices["lambda"]["gb_second"] < 1
