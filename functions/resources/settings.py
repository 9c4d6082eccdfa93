"""The environment that the library's functions need."""

from functions.kernel.settings import WebSettings


class ResourcesSettings(WebSettings):
    """Shared by the pages, the inspection, the indexer and the sweep."""

    quarantine_bucket: str
    """Where files come in, straight from a browser. Nobody gets one from there."""
    library_bucket: str
    """Where files are that have passed, their words, and the index of the search."""
    index_queue_url: str
    """Where the indexer is told to hurry."""
