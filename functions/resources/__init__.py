"""The library: what members share, what is checked before anybody else sees it, and how it is found."""

PATHS = ()
"""The addresses that its web function answers."""
