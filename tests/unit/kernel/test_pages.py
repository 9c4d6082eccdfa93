"""The shell and the parts that pages are made of."""

import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from jinja2 import ChoiceLoader, DictLoader, UndefinedError

from functions.kernel.pages.build import build
from functions.kernel.pages.engine import (
    FUNCTIONS,
    Engine,
    compiled_loader,
    source_loader,
)

PARTS = """
{% extends "kernel/pages/layout.jinja" %}
{% from "kernel/pages/macros.jinja" import button, button_group, card, checkboxes, code_input %}
{% from "kernel/pages/macros.jinja" import date_input, details, email_input, form_to, inset %}
{% from "kernel/pages/macros.jinja" import link_button, pagination, panel %}
{% from "kernel/pages/macros.jinja" import radios, select, summary_list, table, tag, text_input, textarea %}
{% from "kernel/pages/macros.jinja" import tick, time_input, warning %}
{% block title %}{{ words }}{% endblock %}
{% block content %}
{{ panel(words, words) }}
{% call form_to("/join") %}
{{ text_input(form, "name", words, hint=words, autocomplete="name") }}
{{ email_input(form) }}
{{ code_input(form) }}
{{ radios(form, "role", words, [("psm", "A manager"), ("psp", words, words)], hint=words) }}
{{ select(form, "nation", words, [("wales", words)], hint=words) }}
{{ checkboxes(form, "networks", words, [("a", words), ("b", words, words)], hint=words) }}
{{ textarea(form, "note", words, hint=words, optional=true) }}
{{ date_input(form, "date", words) }}
{{ time_input(form, "start", words) }}
{{ tick(form, "agree", words) }}
{% call button_group() %}
{{ button(words, name="decision", value=words) }}
{{ link_button(words, "/on", start=true) }}
{% endcall %}
{% endcall %}
{% call details() %}{{ words }}{% endcall %}
{% call inset() %}{{ words }}{% endcall %}
{% call card(words, "/on") %}{{ words }}{% endcall %}
{{ warning(words) }}
{{ summary_list([(words, words, "/change"), (words, [words, words]), ("Age", 7)]) }}
{{ tag(words) }}
{% set state = {"text": words, "colour": "red"} %}
{{ table(words, ["Name", "State"], [[words, words], [{"text": words, "href": "/on"}, state]]) }}
{{ pagination("/back", "/on") }}
{% endblock %}
"""
ROWS = """
{% from "kernel/pages/macros.jinja" import summary_list %}
{{ summary_list(rows) }}
"""
FIELDS = ("name", "email", "code", "role", "nation", "networks", "note", "date", "start", "agree")
HOSTILE = """"'><script>alert(1)</script>{{ 7 * 7 }}{% raw %}<!-- -->&amp;\u202egnp.exe"""


def form(values: Mapping[str, str | list[str]], errors: Mapping[str, str]) -> SimpleNamespace:
    return SimpleNamespace(values=values, errors=errors)


NOTHING_TYPED = form({}, {})
HOSTILE_TEXT = form(dict.fromkeys(FIELDS, HOSTILE), dict.fromkeys((*FIELDS, "form"), HOSTILE))
SAM = SimpleNamespace(name="Sam", is_coordinator=False, grace_until=None)
ALEX = SimpleNamespace(name="Alex", is_coordinator=True, grace_until=None)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(
        ChoiceLoader([DictLoader({"test/pages/parts.jinja": PARTS, "test/pages/rows.jinja": ROWS}), source_loader()])
    )


def parts(engine: Engine, words: str = "Plain words", **context: object) -> str:
    return engine.render("test/pages/parts.jinja", **{"words": words, "form": NOTHING_TYPED, **context})


def read(page: str) -> Element:
    """The page as a browser would build it. Raises at the first thing the HTML standard calls an error."""
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False, strict=True)
    tree: Element = parser.parse(page)
    return tree


def texts(element: Element | None) -> str:
    assert element is not None
    return " ".join("".join(element.itertext()).split())


@pytest.mark.parametrize("shown", [NOTHING_TYPED, HOSTILE_TEXT])
@pytest.mark.parametrize("words", ["Plain words", HOSTILE])
@pytest.mark.parametrize("visitor", [None, SAM, ALEX])
def test_every_part_is_sound_html_whatever_people_type(
    engine: Engine, shown: SimpleNamespace, words: str, visitor: SimpleNamespace | None
) -> None:
    read(parts(engine, words, form=shown, visitor=visitor, notice=words, back="/before"))


def test_requirement_40_hostile_text_is_shown_as_typed_and_is_never_a_script(engine: Engine) -> None:
    tree = read(parts(engine, HOSTILE, form=HOSTILE_TEXT, notice=HOSTILE))
    assert tree.findall(".//script") == []
    shown = {element.get("value") for element in tree.findall(".//input") if element.get("type") == "text"}
    assert HOSTILE in shown
    assert tree.findtext(".//textarea") == HOSTILE
    assert HOSTILE in "".join(tree.itertext())


def test_no_page_carries_a_script_or_a_style_of_its_own(engine: Engine) -> None:
    tree = read(parts(engine, form=HOSTILE_TEXT))
    assert [element.tag for element in tree.iter() if element.tag in {"script", "style"}] == []
    attributes = {name for element in tree.iter() for name in element.attrib}
    assert {name for name in attributes if name == "style" or name.startswith("on")} == set()


def test_a_person_with_errors_is_brought_to_a_summary_whose_links_lead_to_the_fields(engine: Engine) -> None:
    errors = {name: f"Look at {name}" for name in FIELDS} | {"form": "Open the page again"}
    tree = read(parts(engine, form=form({"name": "Jo"}, errors)))
    assert texts(tree.find(".//title")).startswith("Error: Plain words - ")
    summary = tree.find(".//div[@class='govuk-error-summary']")
    assert summary is not None
    assert "autofocus" in summary.attrib
    ids = {element.get("id"): element for element in tree.iter() if element.get("id")}
    links = {link.get("href", ""): texts(link) for link in summary.iter("a")}
    assert links == {f"#{name}": f"Look at {name}" for name in FIELDS}
    assert {ids[link.removeprefix("#")].tag for link in links} <= {"input", "select", "textarea"}
    assert "Open the page again" in texts(summary)


def test_what_was_typed_is_kept_beside_the_sentence_that_asks_for_another_look(engine: Engine) -> None:
    typed = form({"name": "Jo", "role": "psp", "nation": "wales", "networks": ["b"]}, {"name": "Enter it"})
    tree = read(parts(engine, form=typed))
    field = tree.find(".//input[@id='name']")
    assert field is not None
    assert field.get("value") == "Jo"
    assert "name-error" in field.get("aria-describedby", "")
    assert {box.get("value") for box in tree.iter("input") if "checked" in box.attrib} == {"psp", "b"}
    assert [option.get("value") for option in tree.iter("option") if "selected" in option.attrib] == ["wales"]


def test_every_field_has_a_label_of_its_own(engine: Engine) -> None:
    tree = read(parts(engine))
    labelled = {label.get("for") for label in tree.iter("label")}
    fields = [element.get("id") for tag in ("input", "select", "textarea") for element in tree.iter(tag)]
    assert len(fields) == len(set(fields))
    assert set(fields) == labelled


@pytest.mark.parametrize(
    ("rows", "narrow"), [([("Age", 7), ("Name", "Ann")], 0), ([("Age", 7), ("Name", "Ann", "/change")], 1)]
)
def test_answers_have_the_whole_width_where_none_of_them_leads_anywhere(
    engine: Engine, rows: list[tuple[object, ...]], narrow: int
) -> None:
    assert engine.render("test/pages/rows.jinja", rows=rows).count("govuk-summary-list__row--no-actions") == narrow


def test_a_phone_offers_digits_and_the_code_that_just_arrived(engine: Engine) -> None:
    code = read(parts(engine)).find(".//input[@id='code']")
    assert code is not None
    assert (code.get("inputmode"), code.get("autocomplete")) == ("numeric", "one-time-code")


@pytest.mark.parametrize(
    ("visitor", "places"),
    [
        (None, ["About", "Sessions", "Join", "Sign in"]),
        (SAM, ["Home", "Sessions", "Library", "Account", "Sign out"]),
        (ALEX, ["Home", "Sessions", "Library", "Coordinate", "Account", "Sign out"]),
    ],
)
def test_each_visitor_finds_the_places_they_may_go(
    engine: Engine, visitor: SimpleNamespace | None, places: list[str]
) -> None:
    navigation = read(parts(engine, visitor=visitor)).find(".//nav[@aria-label='Main']")
    assert navigation is not None
    assert [texts(item) for item in navigation.iter("li")] == places


def test_signing_out_takes_a_press_and_not_a_link(engine: Engine) -> None:
    tree = read(parts(engine, visitor=SAM))
    assert tree.findall(".//a[@href='/sign-out']") == []
    out = tree.find(".//form[@action='/sign-out']")
    assert out is not None
    assert out.get("method") == "post"


def test_the_navigation_says_where_you_are(engine: Engine) -> None:
    here = read(parts(engine, path="/sessions")).find(".//a[@href='/sessions']")
    below = read(parts(engine, path="/sessions/27")).find(".//a[@href='/sessions']")
    beside = read(parts(engine, path="/sessions-of-old")).find(".//a[@href='/sessions']")
    marks = [place.get("aria-current") for place in (here, below, beside) if place is not None]
    assert marks == ["page", "true", None]


def test_everything_on_a_page_is_inside_a_landmark(engine: Engine) -> None:
    body = read(parts(engine, back="/before", notice="Saved")).find("body")
    assert body is not None
    outside = [child for child in body if child.tag not in {"header", "main", "footer"}]
    assert [child.get("class") for child in outside] == ["govuk-skip-link", "govuk-width-container"]
    assert [child.tag for child in outside[1]] == ["nav"]


def test_a_name_nobody_gave_is_an_error_and_not_a_gap_in_the_page(engine: Engine) -> None:
    with pytest.raises(UndefinedError):
        engine.render("test/pages/parts.jinja", form=NOTHING_TYPED)


@pytest.mark.parametrize("reference", [None, "Lx-27"])
def test_an_error_page_says_what_happened_and_where_to_go(engine: Engine, reference: str | None) -> None:
    page = engine.render(
        "kernel/pages/error.jinja",
        status=500,
        heading="Sorry",
        sentence="Try again later.",
        reference=reference,
    )
    main = texts(read(page).find(".//main"))
    assert main.startswith("Sorry Try again later.")
    assert ("Reference: Lx-27" in main) is (reference is not None)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle with the shell, the public pages and the page of every part, built."""
    root = tmp_path_factory.mktemp("bundle")
    for domain in ("kernel", "site"):
        shutil.copytree(FUNCTIONS / domain / "pages", root / "functions" / domain / "pages")
    (root / "functions/site/pages/parts.jinja").write_text(PARTS)
    build(root)
    return root


@pytest.mark.parametrize("shown", [NOTHING_TYPED, HOSTILE_TEXT])
def test_compiled_templates_say_the_same_as_their_sources(engine: Engine, bundle: Path, shown: SimpleNamespace) -> None:
    built = Engine(compiled_loader(bundle / "functions/kernel/pages/built/templates"))
    context = {"form": shown, "visitor": ALEX, "path": "/join", "notice": "Saved", "back": "/"}
    assert built.render("site/pages/parts.jinja", words=HOSTILE, **context) == parts(engine, HOSTILE, **context)


def test_a_bundle_holds_only_the_components_that_are_used(bundle: Path) -> None:
    modules = (bundle / "functions/kernel/pages/built/templates").glob("*.py")
    built = "".join(module.read_text() for module in modules)
    assert "components/radios/macro.html" in built
    assert "components/cookie-banner/macro.html" not in built


def test_this_checkout_is_never_built_into() -> None:
    with pytest.raises(ValueError, match="Build into a copy"):
        build(FUNCTIONS.parent)


def test_jinja_is_loaded_by_the_first_page_and_not_before() -> None:
    program = (
        "import sys; from functions.kernel import pages; assert 'jinja2' not in sys.modules; "
        "pages.render('site/pages/about.jinja'); assert 'jinja2' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True, cwd=FUNCTIONS.parent)
