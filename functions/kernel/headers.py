"""The headers that every answer carries, and what a page can ask for beyond them."""


def content_policy(*, forms: tuple[str, ...] = (), connects: tuple[str, ...] = (), scripts: bool = False) -> str:
    """What a page may do (W3C Content Security Policy Level 3). Most pages need nothing beyond our own origin.

    ``forms`` says where a form may lead beyond our own pages, redirects included, since Chromium holds a form to it
    wherever its answer leads. ``connects`` says what a script may send to. ``scripts`` lets our own files run, and
    never a script that is written in the page.
    """
    rules = [
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        *(["script-src 'self'"] if scripts else []),
        *([" ".join(("connect-src", *connects))] if connects else []),
        " ".join(("form-action 'self'", *forms)),
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
    return "; ".join(rules)


ASKED_AGAIN = "private, no-cache"
"""For a page that is the same for everybody who is not signed in: a browser keeps it, and asks each time whether it is
still as it was (RFC 9111 section 5.2.2.4). Nothing about a person may be on it."""

SECURITY_HEADERS = {
    "content-security-policy": content_policy(),
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    # Not "no-referrer": with it a browser says "Origin: null" on our own forms.
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""On every answer, errors and redirects included (security requirement 38)."""

FOR_STRANGERS = {"content-security-policy": content_policy(connects=("'self'",))}
"""On a page for everybody that is asked for without a cookie. What judges pages for search engines reads our robots.txt
as a script of the page would. Nobody is signed in there, so what can be fetched is what anybody can ask for."""
