"""Engines: what makes tokens. One port, several implementations, one contract suite over all."""
