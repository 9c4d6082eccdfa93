"""Templates become text.

Three environments share one loader, because three kinds of template want different rules:

- pages are escaped, and a name nobody gave is an error rather than a gap in the page;
- the components of govuk-frontend-jinja look up parameters that are often not there, so they get the lenient
  ``ChainableUndefined`` they were written for;
- emails are plain text until ``message.py`` makes HTML of them, and what people typed is kept apart from the
  words of the template.

In a bundle the templates are Python modules, made by ``build.py``: the first page then takes far less time.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, override

from jinja2 import (
    BaseLoader,
    ChainableUndefined,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    ModuleLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    Template,
)

from functions.kernel import glossary, when
from functions.kernel.pages import message
from functions.kernel.pages.assets import asset
from functions.kernel.pages.brand import BRAND

FUNCTIONS = Path(__file__).resolve().parents[2]
COMPILED = Path(__file__).with_name("built") / "templates"
COMPONENTS = "govuk_frontend_jinja"

SHELL: dict[str, Any] = {"visitor": None, "path": "", "form": None, "notice": None, "back": None}
"""What the shell looks at, and what it sees when a page has nothing to say about it."""


class PageEnvironment(Environment):
    """The environment of our own pages, which fetches components from theirs."""

    components: Environment

    @override
    def get_template(self, name: Any, *further: Any, **named: Any) -> Template:
        if isinstance(name, str) and name.startswith(f"{COMPONENTS}/"):
            return self.components.get_template(name, *further, **named)
        return super().get_template(name, *further, **named)


class Engine:
    """Renders pages and emails from templates loaded in one way: from files, or from compiled modules."""

    def __init__(self, loader: BaseLoader) -> None:
        """All three environments read from ``loader``."""
        self.loader = loader
        tidy: dict[str, Any] = {"loader": loader, "trim_blocks": True, "lstrip_blocks": True}
        self.pages = PageEnvironment(autoescape=True, undefined=StrictUndefined, **tidy)
        self.components = Environment(autoescape=True, undefined=ChainableUndefined, **tidy)
        self.messages = Environment(
            autoescape=False,  # noqa: S701 - plain text; message.py escapes what becomes HTML.
            undefined=StrictUndefined,
            finalize=message.as_typed,
            **tidy,
        )
        self.pages.components = self.components
        for environment in (self.pages, self.components, self.messages):
            # Jinja keeps a template's macros only while importer and imported know the same globals.
            environment.globals = self.pages.globals
            environment.filters["uk_moment"] = uk_moment
            environment.filters["terms_in"] = glossary.terms_in
        self.pages.globals.update(network=BRAND, asset=asset)

    def environment_of(self, template: str) -> Environment:
        """The environment whose rules a template follows."""
        if template.startswith(f"{COMPONENTS}/"):
            return self.components
        return self.messages if "/emails/" in template else self.pages

    def render(self, template: str, **context: object) -> str:
        """The page a template makes."""
        return self.pages.get_template(template).render({**SHELL, **context})

    def render_email(self, template: str, **context: object) -> message.Email:
        """The email a template makes, in its three parts."""
        own = self._blocks(template, context)
        why = message.one_line(own["why"])
        about = self._blocks("kernel/pages/emails/footer.jinja", {"stop_url": None, **context, "why": why})
        subject = message.one_line(own["subject"])
        body, footer = message.read(own["body"]), message.read(about["body"])
        html = self.pages.get_template("kernel/pages/email.jinja").render(
            subject=message.as_title(subject), body=message.as_html(body), footer=message.as_html(footer)
        )
        return message.Email(subject, message.as_text(body, footer), html)

    def _blocks(self, name: str, context: dict[str, object]) -> dict[str, str]:
        template = self.messages.get_template(name)
        written = template.new_context(context)
        return {block: "".join(write(written)) for block, write in template.blocks.items()}


def uk_moment(moment: datetime) -> str:
    """A moment in words: "Friday 27 November 2026, 11am"."""
    shown = when.in_uk(moment).replace(second=0, microsecond=0)
    return f"{when.day_in_words(shown)}, {when.clock_in_words(shown.time())}"


def source_loader(functions: Path = FUNCTIONS) -> BaseLoader:
    """Templates as they are written: ours under ``functions/``, the components in their package."""
    return ChoiceLoader([PrefixLoader({COMPONENTS: PackageLoader(COMPONENTS)}), FileSystemLoader(functions)])


def compiled_loader(folder: Path = COMPILED) -> BaseLoader:
    """Templates as ``build.py`` compiled them."""
    return ModuleLoader(folder)


FORMS = 16
"""So many messages a process keeps ready to be filled in: those of every kind about one session, and more."""


def render_to_one(template: str, alike: Mapping[str, Any], personal: Mapping[str, str | None]) -> message.Email:
    """The email that ``Engine.render_email`` makes of both, rendered once for all readers with the same ``alike``.

    ``alike`` is of the values that JSON has. A template only ever shows ``personal`` values, and may ask whether one
    is there.
    """
    shown = {name: message.shown(value) for name, value in personal.items() if value}
    filled = {name: value for name, value in shown.items() if value}
    # A value that shows as nothing may take a word or a paragraph with it, so it makes another form.
    empty = {name: value for name, value in personal.items() if name not in filled}
    form = _form(template, json.dumps({**alike, **empty}), tuple(filled))
    return form.filled_in(filled)


@lru_cache(maxsize=FORMS)
def _form(template: str, alike: str, personal: tuple[str, ...]) -> message.Email:
    stand_ins = {name: message.stand_in(name) for name in personal}
    return engine().render_email(template, **json.loads(alike), **stand_ins)


@cache
def engine() -> Engine:
    """The engine of this process, with whichever templates came with the code."""
    return Engine(compiled_loader() if COMPILED.is_dir() else source_loader())
