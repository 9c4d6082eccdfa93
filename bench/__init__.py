"""Measurements that are run by hand. What they found, and when, is in ``docs/decisions/`` and ``docs/speed.md``."""
