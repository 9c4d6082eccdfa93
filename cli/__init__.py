"""The `psmn` command: what the people who run the network type."""
