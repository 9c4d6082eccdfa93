"""The dictionary of the network, as everybody reads it."""

from functions.kernel import glossary
from tests.network import Network


def test_anybody_reads_what_words_mean(network: Network) -> None:
    page = network.browser().get("/words")
    assert page.status == 200
    for term in glossary.terms():
        assert term.meaning in page.words
        assert f'id="{term.slug}"' in page.text


def test_every_page_leads_to_it(network: Network) -> None:
    assert 'href="/words"' in network.browser().get("/about").text


def test_somebody_looks_for_a_word_without_scripts(network: Network) -> None:
    page = network.browser().get("/words?q=swarm")
    assert "swarm huddle" in page.words
    assert "Martha" not in page.words
    assert 'value="swarm"' in page.text
    assert 'href="/words"' in page.text


def test_one_word_that_was_found_is_one_word(network: Network) -> None:
    assert '1 word for "PReCePT"' in network.browser().get("/words?q=PReCePT").words


def test_a_word_that_we_do_not_have_can_be_asked_for(network: Network) -> None:
    page = network.browser().get("/words?q=xylophone")
    assert page.status == 200
    assert "We have no such word yet." in page.words
    assert 'href="/contact"' in page.text


def test_what_is_typed_is_shown_as_typed_and_does_nothing(network: Network) -> None:
    page = network.browser().get("/words?q=%3Cscript%3E%00%22%27&q=x")
    assert page.status == 200
    assert "<script" not in page.text


def test_who_has_read_the_dictionary_before_is_told_that_it_is_the_same(network: Network) -> None:
    browser = network.browser()
    first = browser.get("/words")
    assert first.headers["cache-control"] == "private, no-cache"
    again = browser.send("GET", "/words", headers={"if-none-match": first.headers["etag"]})
    assert (again.status, again.text) == (304, "")
    assert again.headers["etag"] == first.headers["etag"]
    other = browser.send("GET", "/words?q=swarm", headers={"if-none-match": first.headers["etag"]})
    assert (other.status, "swarm huddle" in other.words) == (200, True)


def test_a_member_gets_the_dictionary_anew_and_nobody_keeps_it(network: Network) -> None:
    network.member("Ann Example", "ann.example@nhs.net")
    page = network.signed_in("ann.example@nhs.net").get("/words")
    assert page.headers["cache-control"] == "no-store"
    assert "etag" not in page.headers
