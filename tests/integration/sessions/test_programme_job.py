"""Sessions are made ahead from a series, every night."""

from datetime import UTC, datetime, timedelta

from functions.kernel import audit
from functions.sessions import jobs
from functions.sessions.model import DROP_IN, Series, Session
from functions.sessions.programme import Changes, edited
from functions.sessions.store import Programme
from tests.network import Network

TONIGHT = {"network": "psmn", "at": "2026-11-23T03:00:00Z"}


def everything(network: Network) -> list[Session]:
    """Every session there is."""
    return list(Programme(network.table).between(datetime(2020, 1, 1, tzinfo=UTC)))


def test_a_new_network_has_half_a_year_of_fridays_after_its_first_night(network: Network) -> None:
    assert jobs.programme(TONIGHT, None) == {"series": 1, "made": 26}
    made = everything(network)
    assert made[0].when == "Friday 27 November 2026, midday to 1pm (UK time)"
    assert made[-1].when == "Friday 21 May 2027, midday to 1pm (UK time)"


def test_a_night_that_comes_twice_makes_nothing_twice(network: Network) -> None:
    jobs.programme(TONIGHT, None)
    before = everything(network)
    assert jobs.programme(TONIGHT, None)["made"] == 0
    assert everything(network) == before


def test_each_week_adds_one_friday(network: Network) -> None:
    jobs.programme(TONIGHT, None)
    nights = [datetime(2026, 11, 23, 3, tzinfo=UTC) + timedelta(days=day) for day in range(1, 15)]
    made = [jobs.programme({"network": "psmn", "at": night.isoformat()}, None)["made"] for night in nights]
    assert sum(made) == 2
    assert len(everything(network)) == 28


def test_a_friday_that_was_moved_is_not_made_again_on_its_old_day(network: Network) -> None:
    jobs.programme(TONIGHT, None)
    programme = Programme(network.table)
    friday = everything(network)[0]
    day = timedelta(days=-1)
    wanted = Changes("Moved", "", friday.start + day, friday.end + day, None)
    line = audit.line(friday.id, "session changed", by="test", now=network.clock.now())
    programme.save(friday, edited(friday, wanted, network.clock.now()), line)
    assert jobs.programme({"network": "psmn", "at": "2026-11-24T03:00:00Z"}, None)["made"] == 0
    assert everything(network)[0].title == "Moved"


def test_a_network_with_a_series_of_its_own_keeps_it(network: Network) -> None:
    own = Series(id="own", title="Thursday talk", weekday=3, weeks_ahead=4, meeting_url="https://meet.example.org/1")
    assert Programme(network.table).begin(own)
    assert not Programme(network.table).begin(own.model_copy(update={"title": "Another"}))
    assert jobs.programme(TONIGHT, None) == {"series": 1, "made": 4}
    assert {(each.title, each.meeting_url) for each in everything(network)} == {(own.title, own.meeting_url)}
    assert DROP_IN not in Programme(network.table).series()
