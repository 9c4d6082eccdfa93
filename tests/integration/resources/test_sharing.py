"""What a member does with an item of their own, and what a coordinator decides on it."""

import pytest

from functions.kernel import tokens
from functions.kernel.errors import Invalid, NotFound, TooMany
from functions.membership.model import Member
from functions.resources import review, share
from functions.resources.inspected import FileKind, Finding, Inspected, Sign
from functions.resources.model import FILES, TEXTS, Stage, Status
from functions.resources.store import MOST_OFFERS_A_DAY
from functions.resources.upkeep import VERDICT_WITHIN, Upkeep
from tests.library import Sharing, arrival, verdict, words
from tests.network import Network, text_of


def upkeep(sharing: Sharing) -> Upkeep:
    return Upkeep(sharing.library, sharing.quarantine.members, sharing.shelf)


def subjects(network: Network, member: Member) -> list[str]:
    return [str(message["subject"]) for message in network.inbox(member.address)]


def test_an_item_that_has_words_waits_for_its_file(sharing: Sharing, ann: Member) -> None:
    item = sharing.asked(ann)
    assert sharing.offer(item).stage is Stage.AWAITED
    assert [each.id for each in sharing.library.shared_by(ann.id)] == [item.id]


def test_requirement_77_asking_for_the_file_twice_waits_for_one(
    sharing: Sharing, ann: Member, network: Network
) -> None:
    item = sharing.asked(ann)
    again = share.ask_for_file(item, by=ann.id, library=sharing.library, now=network.clock.now())
    assert again == item


def test_requirement_27_a_member_can_send_so_many_files_a_day_and_more_the_next(
    sharing: Sharing, ann: Member, network: Network
) -> None:
    for number in range(MOST_OFFERS_A_DAY):
        sharing.asked(ann, f"Item {number}")
    with pytest.raises(TooMany, match="Come back tomorrow"):
        sharing.asked(ann, "One too many")
    network.clock.move(days=1)
    sharing.asked(ann, "The next day")


def test_requirement_77_pressing_start_twice_begins_one_item(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    asked, now = tokens.new_id(), network.clock.now()
    begun = [share.begin(ann.id, asked=asked, library=sharing.library, now=now) for _ in range(2)]
    assert begun[0] == begun[1]
    assert len(sharing.library.shared_by(ann.id)) == 1
    with pytest.raises(NotFound):
        share.begin(cora.id, asked=asked, library=sharing.library, now=now)


def test_somebody_else_can_neither_describe_it_nor_send_a_file_nor_withdraw_it(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item, now = sharing.asked(ann), network.clock.now()
    with pytest.raises(NotFound):
        share.describe(item, words("Mine now"), by=cora.id, library=sharing.library, now=now)
    with pytest.raises(NotFound):
        share.ask_for_file(item, by=cora.id, library=sharing.library, now=now)
    with pytest.raises(NotFound):
        share.withdraw(item, by=cora.id, library=sharing.library, now=now)


def test_two_tabs_cannot_both_change_the_words(sharing: Sharing, ann: Member, network: Network) -> None:
    item, now = sharing.asked(ann), network.clock.now()
    share.describe(item, words("First"), by=ann.id, library=sharing.library, now=now)
    with pytest.raises(Invalid) as wrong:
        share.describe(item, words("Second"), by=ann.id, library=sharing.library, now=now)
    assert wrong.value.fields == {"form": share.OVERTAKEN}


def test_a_published_item_is_announced_to_its_sharer_and_publishing_twice_says_so_once(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item = sharing.published(ann, cora)
    assert item.is_published
    assert not sharing.publish(item, ann, cora)
    assert subjects(network, ann) == ["Published in the library: After action reviews"]


def test_nobody_publishes_their_own(sharing: Sharing, cora: Member) -> None:
    item = sharing.checked(cora)
    with pytest.raises(Invalid) as wrong:
        sharing.publish(item, cora, cora)
    assert wrong.value.fields == {"decision": review.OWN}


def test_what_was_found_has_to_be_looked_at_before_it_is_published(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    sharing.finds = Inspected(kind=FileKind.SLIDES, findings=(Finding(sign=Sign.NHS_NUMBER, place="slide 3"),))
    item = sharing.checked(ann)
    with pytest.raises(Invalid) as wrong:
        review.publish(
            item, seen=None, looked=False, by=cora.id, owner=ann, library=sharing.library, now=network.clock.now()
        )
    assert wrong.value.fields == {"looked": review.LOOK_FIRST}
    assert sharing.publish(item, ann, cora)


def test_a_decision_on_what_has_changed_since_it_was_read_is_refused(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item = sharing.checked(ann)
    share.describe(item, words("Other words"), by=ann.id, library=sharing.library, now=network.clock.now())
    with pytest.raises(Invalid) as wrong:
        review.publish(
            sharing.now(item),
            seen=item.version,
            looked=True,
            by=cora.id,
            owner=ann,
            library=sharing.library,
            now=network.clock.now(),
        )
    assert wrong.value.fields == {"decision": share.OVERTAKEN}


def test_a_file_that_is_given_back_comes_with_a_note_and_its_copy_goes(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item, now = sharing.checked(ann), network.clock.now()
    with pytest.raises(Invalid):
        review.give_back(item, "", seen=None, by=cora.id, owner=ann, library=sharing.library, now=now)

    note = "Slide 4 names a ward.\nPlease take it out."
    review.give_back(item, note, seen=None, by=cora.id, owner=ann, library=sharing.library, now=now)
    upkeep(sharing).delete_discarded()

    assert sharing.offer(item).stage is Stage.RETURNED
    assert sharing.kept() == set()
    (told,) = network.inbox(ann.address)
    assert "Slide 4 names a ward." in text_of(told)
    assert "Please take it out." in text_of(told)


def test_a_new_file_takes_the_place_of_the_old_once_it_is_published(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item = sharing.published(ann, cora)
    old = item.file
    asked = share.ask_for_file(item, by=ann.id, library=sharing.library, now=network.clock.now())
    key, version = sharing.sent(asked, b"newer")
    sharing.hear(arrival(key, version), verdict(key, version))
    assert sharing.now(item).file == old

    sharing.publish(item, ann, cora)
    upkeep(sharing).delete_discarded()

    new = sharing.now(item).file
    assert new is not None
    assert sharing.kept() == {FILES + new.key, TEXTS + new.key}


def test_withdrawing_and_removing_take_every_file_away_and_say_so_once(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    one, two, now = sharing.published(ann, cora, "One"), sharing.published(ann, cora, "Two"), network.clock.now()
    share.withdraw(one, by=ann.id, library=sharing.library, now=now)
    share.withdraw(sharing.now(one), by=ann.id, library=sharing.library, now=now)
    for _ in range(2):
        review.remove(
            sharing.now(two), "A patient is named.", seen=None, by=cora.id, owner=ann, library=sharing.library, now=now
        )
    upkeep(sharing).delete_discarded()

    assert (sharing.now(one).status, sharing.now(two).status) == (Status.WITHDRAWN, Status.REMOVED)
    assert sharing.kept() == set()
    assert subjects(network, ann).count("Taken out of the library: Two") == 1
    with pytest.raises(NotFound):
        review.remove(sharing.now(one), "Why", seen=None, by=cora.id, owner=ann, library=sharing.library, now=now)


def test_requirement_32_a_file_without_a_verdict_is_given_up_after_a_quarter_of_an_hour_and_a_person_told(
    sharing: Sharing, ann: Member, network: Network
) -> None:
    item = sharing.asked(ann)
    key, version = sharing.sent(item)
    sharing.hear(arrival(key, version))
    network.clock.move(seconds=VERDICT_WITHIN.total_seconds() - 1)
    assert upkeep(sharing).give_up(network.clock.now()) == 0
    network.clock.move(seconds=2)

    assert upkeep(sharing).give_up(network.clock.now()) == 1
    assert upkeep(sharing).give_up(network.clock.now()) == 0

    assert sharing.offer(item).stage is Stage.UNCHECKED
    assert subjects(network, ann) == ["We could not take your file: After action reviews"]


def test_the_owner_of_an_item_past_its_review_date_is_asked_once(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item = sharing.published(ann, cora)
    network.clock.move(days=364)
    assert upkeep(sharing).ask_owners(network.clock.now()) == 0
    network.clock.move(days=1)

    assert [upkeep(sharing).ask_owners(network.clock.now()) for _ in range(2)] == [1, 0]

    assert sharing.now(item).needs_review(network.clock.now().date())
    assert subjects(network, ann)[-1] == "Is this still right? After action reviews"


def test_requirement_63_what_a_leaver_shared_stays_without_their_name_and_tells_nobody(
    sharing: Sharing, ann: Member, cora: Member, network: Network
) -> None:
    item, waiting = sharing.published(ann, cora), sharing.checked(ann, "Waiting")
    network.deliver()
    network.clock.move(seconds=5)
    network.signed_in(ann.address).post("/account/leave")
    before = subjects(network, ann)

    left = sharing.now(item)
    assert (left.owner, left.is_published) == (None, True)
    assert sharing.library.shared_by(ann.id) == []
    now = network.clock.now()
    assert review.publish(
        sharing.now(waiting), seen=None, looked=True, by=cora.id, owner=None, library=sharing.library, now=now
    )
    network.clock.move(days=366)
    upkeep(sharing).ask_owners(network.clock.now())
    assert upkeep(sharing).ask_owners(network.clock.now()) == 0
    assert subjects(network, ann) == before
