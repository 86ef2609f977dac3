"""The contract between gateway and worker, and the only code that knows Redis."""
