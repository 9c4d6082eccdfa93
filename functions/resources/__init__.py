"""The library: what members share, what is checked before anybody else sees it, and how it is found."""

PATHS = (
    "/library",
    "/library/shared",
    "/library/share",
    "/library/share/{id}/details",
    "/library/share/{id}/file",
    "/library/{id}",
    "/library/{id}/file",
    "/coordinate/library",
    "/coordinate/library/{id}",
)
"""The addresses that its web function answers. An item's id is never "share" or "shared"."""
