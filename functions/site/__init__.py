"""What everybody sees: home, about, privacy and the rest, the static files, and the page for what does not exist.

Besides, it says to whoever asks whether the network is well.
"""

PATHS = (
    "/",
    "/about",
    "/ways-of-working",
    "/words",
    "/privacy",
    "/accessibility",
    "/contact",
    "/robots.txt",
    "/.well-known/security.txt",
    "/health",
    "/assets/{name}",
    "/home",
    "/coordinate",
    "/api/openapi.json",
)
