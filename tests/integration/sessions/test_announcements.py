"""The changes that wait for members to be told, and what becomes of them while people write at once."""

from datetime import timedelta

import pytest

from functions.kernel import audit
from functions.kernel.errors import Clash
from functions.kernel.table import Write
from functions.sessions.model import Session
from functions.sessions.programme import Changes, edited, undone
from functions.sessions.store import Programme
from tests.network import Network


def line(network: Network, session: Session) -> Write:
    return audit.line(session.id, "session changed", by="test", now=network.clock.now())


def later(network: Network, session: Session) -> Session:
    """The session an hour later than it was."""
    hour = timedelta(hours=1)
    wanted = Changes(session.title, session.summary, session.start + hour, session.end + hour, session.meeting_url)
    return edited(session, wanted, network.clock.now())


def test_a_change_waits_until_its_time_has_come(network: Network, programme: Programme, friday: Session) -> None:
    moved = later(network, friday)
    programme.save(friday, moved, line(network, friday))
    assert moved.announce_at is not None
    assert list(programme.announcements(moved.announce_at - timedelta(seconds=1))) == []
    assert list(programme.announcements(moved.announce_at)) == [moved]


def test_a_change_that_is_undone_waits_no_more(network: Network, programme: Programme, friday: Session) -> None:
    moved = later(network, friday)
    programme.save(friday, moved, line(network, friday))
    programme.save(moved, undone(moved, network.clock.now()), line(network, friday))
    assert list(programme.announcements(network.clock.now() + timedelta(days=1))) == []


def test_once_members_are_told_there_is_nothing_to_tell(
    network: Network, programme: Programme, friday: Session
) -> None:
    moved = later(network, friday)
    programme.save(friday, moved, line(network, friday))
    assert programme.announced(moved)
    after = programme.get(friday.id)
    assert after == moved.model_copy(update={"announce_at": None, "before": None})
    assert list(programme.announcements(network.clock.now() + timedelta(days=1))) == []


def test_a_change_that_was_overtaken_is_still_to_be_told(
    network: Network, programme: Programme, friday: Session
) -> None:
    first = later(network, friday)
    programme.save(friday, first, line(network, friday))
    second = later(network, first)
    programme.save(first, second, line(network, friday))
    assert not programme.announced(first)
    assert list(programme.announcements(network.clock.now() + timedelta(days=1))) == [second]


def test_somebody_who_saves_while_members_are_told_or_invited_overwrites_neither(
    network: Network, programme: Programme, friday: Session
) -> None:
    moved = later(network, friday)
    programme.save(friday, moved, line(network, friday))
    programme.announced(moved)
    with pytest.raises(Clash):
        programme.save(moved, undone(moved, network.clock.now()), line(network, friday))
    *_, other = programme.between(network.clock.now())
    programme.mark_invited(other.id)
    with pytest.raises(Clash):
        programme.save(other, later(network, other), line(network, other))
    read = programme.get(other.id)
    assert read is not None
    assert read.invited
    programme.save(read, later(network, read), line(network, read))
    after = programme.get(other.id)
    assert after is not None
    assert after.invited


def test_nobody_is_invited_to_a_session_that_does_not_exist(network: Network, programme: Programme) -> None:
    programme.mark_invited("nothing")
    assert programme.get("nothing") is None
