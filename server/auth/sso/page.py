"""What a person sees whose way to a provider and back has led nowhere: what was wrong, and a way to begin again."""
from html import escape

from starlette.responses import HTMLResponse

from server.common.errors import ApiError
from server.common.filters import http_headers, payload, status_of

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Not signed in · Parley</title>
<link rel="icon" href="/static/favicon.svg">
<link rel="stylesheet" href="/static/styles/base.css">
<link rel="stylesheet" href="/static/account/account.css">
</head>
<body>
<main class="entry">
<div class="entry-card card stack">
<h1>You are not signed in</h1>
<p>{message}</p>
<p class="small soft">Code: <code>{code}</code></p>
<p><a class="primary wide" href="/sign-in">Back to signing in</a></p>
</div>
</main>
</body>
</html>
"""


def error_page(error: ApiError) -> HTMLResponse:
    """With the status that the error has everywhere."""
    told = payload(error)
    page = PAGE.format(message=escape(told["message"]), code=escape(told["code"]))
    return HTMLResponse(page, status_of(error), {**http_headers(error), "cache-control": "no-store"})
