"""The facts about each kind of message, and what makes two messages the same one."""

from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from functions.kernel import keys, kinds
from functions.mail.kinds import KINDS, MailKind, Secret, Stream
from functions.mail.model import WAITING, Guard, Mail, State, mail_key, new_mail

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)


def some_mail(kind: str = "join-code", **more: object) -> Mail:
    facts = {"key": "k", "to_address": "ann@nhs.net", "address_digest": "d", "now": NOW, **more}
    return new_mail(kind, **facts)  # type: ignore[arg-type] # By name.


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_each_kind_goes_out_in_one_stream_and_is_not_kept_longer_than_we_say(kind: MailKind) -> None:
    longest = kinds.KIND["mail"].lifetime
    assert longest is not None
    assert timedelta(0) < kind.good_for <= kind.kept <= longest
    assert (kind.stream is Stream.EVENTS) == (kind.configuration_set in {"invites", "digest"})
    assert (kind.choice is not None) == (Secret.STOP in kind.secrets)
    assert (kind.stream is Stream.EVENTS) == (kind.choice is not None or kind.name in {"withdrawn", "came-over"})


def test_requirement_1_a_mail_with_a_code_is_not_sent_when_the_code_would_be_dead_and_is_gone_in_a_day() -> None:
    codes = [kind for kind in KINDS.values() if kind.configuration_set == "signin"]
    assert {kind.name for kind in codes} == {
        "join-code",
        "join-already-member",
        "sign-in-code",
        "sign-in-not-known",
        "address-code",
    }
    assert all((kind.good_for, kind.kept) == (timedelta(minutes=15), timedelta(hours=24)) for kind in codes)


def test_requirement_44_mail_to_known_and_to_unknown_people_differs_in_its_words_alone() -> None:
    for known, unknown in (("sign-in-code", "sign-in-not-known"), ("join-already-member", "join-code")):
        one, other = KINDS[known], KINDS[unknown]
        assert (one.stream, one.configuration_set, one.good_for) == (
            other.stream,
            other.configuration_set,
            other.good_for,
        )


def test_a_message_ends_with_its_kind_or_when_it_says_so() -> None:
    assert some_mail().not_after == NOW + timedelta(minutes=15)
    assert some_mail("invite", not_after=NOW + timedelta(days=4)).not_after == NOW + timedelta(days=4)


def test_a_message_of_no_known_kind_cannot_be_made() -> None:
    with pytest.raises(KeyError):
        some_mail("advert")


def test_the_same_message_has_the_same_key_and_any_other_has_another() -> None:
    keys_made = {
        mail_key("invite", "s1", "ann", 0),
        mail_key("invite", "s1", "ann", "0"),
        mail_key("invite", "s1", "ann", 1),
        mail_key("invite", "s1", "bob", 0),
        mail_key("invite", "s2", "ann", 0),
        mail_key("cancel", "s1", "ann", 0),
    }
    assert len(keys_made) == 5
    assert all(len(key) == 64 and key.isalnum() for key in keys_made)


def test_only_two_states_are_not_an_end() -> None:
    assert {State.PLANNED, State.SENDING} == WAITING


def test_a_guard_says_which_item_it_looks_at_and_nothing_unknown() -> None:
    guard = Guard(pk="a", sk="b", equals={"sequence": 1})
    assert guard.key == keys.Key("a", "b")
    with pytest.raises(ValidationError):
        Guard.model_validate({"pk": "a", "sk": "b", "exists": True})


def test_a_message_is_read_back_as_it_was_planned() -> None:
    mail = some_mail("invite", guards=(Guard(pk="a", sk="b", absent=("x",)),), secrets_in=keys.ask("b"), run="r")
    assert Mail.model_validate(mail.model_dump(mode="json", exclude_none=True)) == mail
