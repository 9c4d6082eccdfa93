"""How fast mail to many goes, on a clock that only waiting moves."""

from dataclasses import dataclass, field
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from functions.mail.pace import ASKED_EVERY, KEPT_FREE, SHARE, WORKERS, Pace, Quota


@dataclass
class Watch:
    """A watch that moves when somebody sleeps, or when the test says so."""

    elapsed: float = 1_000.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.elapsed += seconds


def endless(each_second: float) -> Quota:
    return Quota(each_second=each_second, each_day=-1, sent=0)


@given(each_second=st.floats(1, 500), posts=st.lists(st.floats(0, 3), min_size=2, max_size=60))
def test_requirement_78_two_workers_never_send_faster_than_their_share(each_second: float, posts: list[float]) -> None:
    watch = Watch()
    pace = Pace(lambda: endless(each_second), watch.now, watch.sleep)
    turns = []
    for takes in posts:
        assert pace.wait()
        turns.append(watch.elapsed)
        watch.elapsed += takes
    step = WORKERS / (SHARE * each_second)
    assert all(later - earlier >= step * 0.999 for earlier, later in pairwise(turns))


def test_at_fourteen_a_second_1100_invitations_take_less_than_two_minutes() -> None:
    watch = Watch()
    pace = Pace(lambda: endless(14), watch.now, watch.sleep)
    began = watch.elapsed
    assert all(pace.wait() for _ in range(1_100 // WORKERS))
    assert 90 < watch.elapsed - began < 120


def test_a_worker_that_was_idle_does_not_make_up_for_it() -> None:
    watch = Watch()
    pace = Pace(lambda: endless(1), watch.now, watch.sleep)
    pace.wait()
    watch.elapsed += 60
    pace.wait()
    assert not watch.slept
    pace.wait()
    assert watch.slept == [WORKERS / SHARE]


def test_the_service_is_asked_once_in_five_minutes_and_only_when_there_is_mail() -> None:
    watch, asked = Watch(), []

    def ask() -> Quota:
        asked.append(watch.elapsed)
        return endless(1_000)

    pace = Pace(ask, watch.now, watch.sleep)
    assert not asked
    for _ in range(100):
        pace.wait()
    assert len(asked) == 1
    watch.elapsed += ASKED_EVERY.total_seconds()
    pace.wait()
    assert len(asked) == 2


def test_requirement_78_a_service_that_does_not_say_gets_one_message_a_second() -> None:
    watch = Watch()
    pace = Pace(lambda: None, watch.now, watch.sleep)
    for _ in range(5):
        assert pace.wait()
    assert watch.slept == [WORKERS / SHARE] * 4


@given(each_day=st.integers(1, 5_000), sent=st.integers(0, 5_000))
def test_requirement_78_the_last_tenth_of_a_days_quota_is_never_touched(each_day: int, sent: int) -> None:
    watch = Watch()
    pace = Pace(lambda: Quota(1_000_000, each_day, sent), watch.now, watch.sleep)
    went = 0
    while went < each_day and pace.wait():
        went += 1
    room = (1 - KEPT_FREE) * each_day - sent
    assert WORKERS * went < max(0, room) + WORKERS
