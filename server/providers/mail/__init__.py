"""Mail: what a letter is, how it is written, and who carries it."""
