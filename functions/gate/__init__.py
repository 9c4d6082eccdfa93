"""Whether a request came the way that all have to come: through CloudFront, with its firewall and its limits."""
