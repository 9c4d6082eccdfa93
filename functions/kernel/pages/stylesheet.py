"""Makes ``static/govuk-frontend.css`` from the govuk-frontend package, without what is GOV.UK's alone.

    python -m functions.kernel.pages.stylesheet [node_modules/govuk-frontend]

GDS Transport, the crest and the crown may be used on GOV.UK only, so the fonts, every address of a file and
the parts that draw them are left out; so is what needs a script or is on none of our pages. The result has
one rule on a line, so that an upgrade can be read as a diff. It is kept in the repository: a bundle and the
tests need neither Node nor a network, and a test compares it with the package wherever that is installed.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

TARGET = Path(__file__).with_name("static") / "govuk-frontend.css"
PACKAGE = Path("node_modules/govuk-frontend")

# ``.govuk-frontend-supported`` marks what only works with the package's scripts, and we send none.
LEFT_OUT = re.compile(
    r"\.govuk-(frontend-supported|accordion|breadcrumbs|character-count|cookie-banner|exit-this-page|feedback"
    r"|file-upload|footer|generic-header|header|language-navigation|logo|password-input|phase-banner|tabs"
    r"|\\!-(static|padding|width|font))"
)
COMMA_OUTSIDE_BRACKETS = re.compile(r",(?![^(]*\))")
TRANSPORT = "font-family:GDS Transport,arial,sans-serif"


def blocks(css: str) -> Iterator[tuple[str, str]]:
    """Each rule of minified CSS at this level, as what stands before its braces and what stands inside."""
    depth, start, opened = 0, 0, 0
    for place, character in enumerate(css):
        if character == "{":
            depth += 1
            if depth == 1:
                opened = place
        elif character == "}":
            depth -= 1
            if depth == 0:
                yield css[start:opened], css[opened + 1 : place]
                start = place + 1


def kept(css: str) -> Iterator[str]:
    """The rules we use, each on one line."""
    for before, inside in blocks(css):
        if before.startswith("@font-face"):
            continue
        if before.startswith(("@media", "@supports")):
            inner = "".join(kept(inside))
            if inner:
                yield f"{before}{{{inner}}}"
            continue
        selectors = [each for each in COMMA_OUTSIDE_BRACKETS.split(before) if not LEFT_OUT.search(each)]
        if selectors:
            yield f"{','.join(selectors)}{{{inside.replace(TRANSPORT, 'font-family:var(--font)')}}}"


def unbranded(package: Path) -> str:
    """The stylesheet as we keep it, from an unpacked govuk-frontend package."""
    version = json.loads((package / "package.json").read_text())["version"]
    css = (package / "dist/govuk/govuk-frontend.min.css").read_text()
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL).replace('@charset "UTF-8";', "")
    notice = f"/*! govuk-frontend {version}, MIT licence, (c) Crown copyright (Government Digital Service) */"
    return "\n".join([notice, *kept(css.replace("\n", ""))]) + "\n"


if __name__ == "__main__":
    TARGET.write_text(unbranded(Path(sys.argv[1]) if len(sys.argv) > 1 else PACKAGE))
