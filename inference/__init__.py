"""The worker: leases jobs from the relay, runs them in an engine, appends what it makes."""
