"""What everybody sees: home, about, privacy and the rest, the static files, whether all is well, and the page for what does not exist."""

PATHS = (
    "/",
    "/about",
    "/ways-of-working",
    "/words",
    "/privacy",
    "/accessibility",
    "/contact",
    "/health",
    "/assets/{name}",
    "/home",
    "/coordinate",
    "/api/openapi.json",
)
