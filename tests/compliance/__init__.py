"""Whether a server keeps to Open Responses (2026-04-24), over HTTP, as a stream and over a WebSocket.

Any server: `python -m tests.compliance --url http://127.0.0.1:8000 --key KEY`. Its model must be able to call a tool
and to see an image. The cases are those of the specification's own acceptance run, and more beyond it.
"""
