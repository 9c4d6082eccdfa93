"""The library: what members share, what is checked before anybody else sees it, and how it is found."""

PATHS = {
    "/library": "web_search",
    "/library/shared": "web_share",
    "/library/share": "web_share",
    "/library/share/{id}/details": "web_share",
    "/library/share/{id}/file": "web_share",
    "/library/{id}": "web_item",
    "/library/{id}/file": "web_item",
    "/coordinate/library": "web_review",
    "/coordinate/library/{id}": "web_review",
}
"""The addresses that its web function answers, and the module that each one's page is in.

An item's id is never "share" or "shared".
"""
