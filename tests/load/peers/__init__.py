"""Parley beside its peers on one engine: vLLM's own server, and vLLM in process, which no server can exceed by much."""
