"""Which model a worker runs, and where its files come from. Knows no engine and no relay."""
