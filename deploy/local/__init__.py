"""Parley on one machine: installs what it needs, starts Redis, gateways and workers, and ends them again.

Nothing here imports anything but the standard library: it runs before there are any packages.
"""
