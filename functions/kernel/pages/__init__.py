"""Pages and emails: the templates' engine, the shared shell, and the static files that go with it.

A template is named by its path under ``functions/``, for example ``membership/pages/join.jinja``. Jinja is
loaded by the first page or email a function makes: answers without one (a redirect, JSON) do not pay for it.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from functions.kernel.pages.assets import Asset, asset, read_asset

if TYPE_CHECKING:
    from functions.kernel.pages.message import Email

__all__ = ["Asset", "asset", "read_asset", "render", "render_email", "render_to_one", "templates_at"]


def render(template: str, **context: object) -> str:
    """The page a template makes. A name the template uses and nobody gave is an error.

    The shell itself knows ``visitor`` (None, or somebody with ``name``, ``is_coordinator`` and ``grace_until``),
    ``path`` (of this page), ``form`` (with ``values`` and ``errors``), ``notice`` (a sentence about what was just done)
    and ``back`` (where the back link goes). All of these may be left out.
    """
    from functions.kernel.pages.engine import engine  # noqa: PLC0415 - see this package's docstring.

    return engine().render(template, **context)


def render_email(template: str, **context: object) -> "Email":
    """The subject, text and HTML that a message's template makes: ``message.py`` says how to write one.

    ``stop_url`` is where the reader can stop such emails, for those that can be stopped.
    """
    from functions.kernel.pages.engine import engine  # noqa: PLC0415 - see this package's docstring.

    return engine().render_email(template, **context)


def render_to_one(template: str, alike: Mapping[str, Any], personal: Mapping[str, str | None]) -> "Email":
    """The same email for one of many readers: what is ``alike`` for all of them is rendered once."""
    from functions.kernel.pages import engine  # noqa: PLC0415 - see this package's docstring.

    return engine.render_to_one(template, alike, personal)


def templates_at(functions: Path) -> list[str]:
    """The names of all our templates in a copy of the ``functions`` folder."""
    return sorted(str(path.relative_to(functions)) for path in functions.glob("*/pages/**/*.jinja"))
