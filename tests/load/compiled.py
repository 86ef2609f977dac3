"""Runs a module of these tools on compiled code, if there is some: `python -m tests.load.compiled MODULE …`.

As `python -m server` and `python -m inference` do it, for what takes the place of one of them.
"""
import runpy
import sys

from relay import compiled

if __name__ == "__main__":
    compiled.use()
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
