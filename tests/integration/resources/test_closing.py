"""When the month's money is spent, the library takes no files. Everything else goes on."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from functions.kernel import keys
from functions.resources import jobs, life
from tests.library import Sharing
from tests.network import Network
from tests.shelves import describe, item, share
from tests.web import Browser

BUDGET_PASSED: dict[str, Any] = json.loads(
    (Path(__file__).parents[3] / "events/resources/close.budget_passed.json").read_text()
)


def test_requirement_93_when_the_budget_is_passed_no_form_sends_a_file_and_the_page_says_why(
    sharing: Sharing, anns: Browser
) -> None:
    resource_id = describe(anns)
    assert jobs.close(BUDGET_PASSED, None) == {"closed": True}

    page = anns.get(f"/library/share/{resource_id}/file")

    assert page.status == 200
    assert "We cannot take files until next month" in page.words
    assert "What you wrote is kept. Come back on the first of the month" in page.words
    assert 'type="file"' not in page.text
    assert "x-amz-signature" not in page.text.lower()
    described = item(sharing, resource_id)
    assert described.words is not None


def test_while_it_is_closed_members_begin_find_and_download(sharing: Sharing, anns: Browser) -> None:
    published = share(sharing, anns)
    jobs.close(BUDGET_PASSED, None)
    assert anns.get(f"/library/{published}").status == 200
    assert anns.post(f"/library/{published}/file").status == 303
    describe(anns)


def test_on_the_first_of_the_month_it_opens_by_itself(network: Network, anns: Browser) -> None:
    resource_id = describe(anns)
    jobs.close(BUDGET_PASSED, None)
    network.clock.moment = datetime(2026, 12, 1, 0, 0, tzinfo=UTC)
    assert 'type="file"' in anns.get(f"/library/share/{resource_id}/file").text


def test_a_second_message_changes_nothing_and_each_month_can_close_it_again(network: Network) -> None:
    assert jobs.close(BUDGET_PASSED, None) == {"closed": True}
    assert jobs.close(BUDGET_PASSED, None) == {"closed": False}
    lines = [each for each in network.everything() if each["kind"] == "audit"]
    assert [line["what"] for line in lines] == ["closed"]
    assert network.table.get(keys.library_closed()) is not None

    network.clock.moment = datetime(2026, 12, 30, tzinfo=UTC)
    december = json.loads(json.dumps(BUDGET_PASSED).replace("2026-11-24T", "2026-12-30T"))
    assert jobs.close(december, None) == {"closed": True}


def test_what_is_no_message_of_the_budget_closes_nothing(network: Network) -> None:
    with pytest.raises(ValidationError):
        jobs.close({"Records": [{"Sns": {"Message": "Close!"}}]}, None)
    assert network.table.get(keys.library_closed()) is None


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        ("2026-11-24T08:12:45Z", "2026-12-01"),
        ("2026-12-31T23:59:59Z", "2027-01-01"),
        ("2027-01-31T00:00:00Z", "2027-02-01"),
        ("2027-04-01T00:30:00+01:00", "2027-04-01"),
    ],
)
def test_the_month_is_the_budgets_which_goes_by_utc(moment: str, opens: str) -> None:
    assert life.next_month(datetime.fromisoformat(moment)) == datetime.fromisoformat(f"{opens}T00:00:00Z")
