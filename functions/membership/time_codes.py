"""The codes that an authenticator app makes from a key and the time: six digits, new every 30 seconds (RFC 6238)."""

from datetime import datetime

WINDOW = 1
"""Steps before and after the present one whose codes are taken. A phone's clock may be half a minute out, and people
type slowly; RFC 6238 section 5.2 advises no more than one."""


def step_of(typed: str, secret: str, now: datetime) -> int | None:
    """The step of 30 seconds since 1970 whose code somebody typed, or ``None`` when it is no code of about now."""
    from pyotp import TOTP, OTPVerificationError  # noqa: PLC0415 - only those who prove a second factor need it.

    try:
        return TOTP(secret).verify_and_get_timecode(typed, for_time=now, valid_window=WINDOW)
    except OTPVerificationError:
        return None


def address(secret: str, *, account: str, issuer: str) -> str:
    """What an app reads from a picture: the key, and what to call it (Google Authenticator, "Key Uri Format")."""
    from pyotp import TOTP  # noqa: PLC0415 - only one page shows it.

    return TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def picture(address: str) -> str:
    """The same as an SVG image of a QR code, dark on light in every colour scheme, with the margin that readers need.

    It is drawn here: a key goes to no service that draws pictures (security requirement 3).
    """
    import segno  # noqa: PLC0415 - only one page shows it.

    code = segno.make(address, error="m", micro=False)
    return code.svg_inline(border=4, dark="#000", light="#fff", svgclass=None, lineclass=None, omitsize=True)
