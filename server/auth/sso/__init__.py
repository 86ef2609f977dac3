"""Signing in with an account that one has elsewhere."""
