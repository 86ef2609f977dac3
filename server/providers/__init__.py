"""Outside services behind ports: a domain says what it needs, and nothing here knows who asks."""
