"""The chat page: `static/` at its own paths and `/static/…`, the client it talks through, and the cookie that tells one
guest from another."""
import mimetypes
import os
from pathlib import Path

from fastapi import APIRouter, FastAPI, HTTPException
from starlette.concurrency import run_in_threadpool
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import Scope

from server.auth.cookies import clear_session, set_guest
from server.auth.guards import GUEST_COOKIE, SESSION_COOKIE, session_is_over, welcomes_guests
from server.common.answers import json_answer
from server.page.first_view import FirstView
from server.page.languages import Languages

REVALIDATE = "no-cache"  # a browser keeps what it has, and asks with its ETag whether it is still good
ICON = "favicon.svg"
SMALL_BYTES = 1000  # what is smaller fits into a packet as it is
# What the page shows by its own address; any other path is an error, so that a wrong one is not shown as a page.
PATHS = (
    "/", "/c/{id}", "/shared/{id}", "/sign-in", "/sign-up", "/letter", "/settings", "/settings/{section}", "/admin",
    "/admin/{section}")
ALONE = ("/shared/", "/sign-in", "/sign-up", "/letter")  # rooms without the sidebar


class PageFiles(StaticFiles):
    """Files with an ETag that are asked for anew each time, so that an upgrade is seen at once."""

    def file_response(
            self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200) -> Response:
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = REVALIDATE
        return response


def install(app: FastAPI, folder: Path, client: Path) -> None:
    """Serve the page out of one folder, and the client's modules, which it talks through, out of another."""
    for suffix in (".js", ".mjs"):
        mimetypes.add_type("text/javascript", suffix)  # a system's own table may say text/plain, and nothing would run
    app.include_router(create_router(folder))
    for path, files in (("/static/client", client), ("/static", folder)):
        app.mount(path, GZipMiddleware(PageFiles(directory=files, check_dir=False), minimum_size=SMALL_BYTES))


def create_router(folder: Path) -> APIRouter:
    router = APIRouter(include_in_schema=False)
    files, languages = PageFiles(directory=folder, check_dir=False), Languages(folder / "words")
    first = FirstView(folder / "index.html", languages)

    async def page(request: Request) -> Response:
        signed_in = SESSION_COOKIE in request.cookies
        is_over = signed_in and await session_is_over(request)
        is_in = (signed_in and not is_over) or welcomes_guests(request)
        path = request.url.path
        try:
            response: Response = await run_in_threadpool(
                first.answer, request, frame=is_in and not path.startswith(ALONE), greets=is_in and path == "/")
        except FileNotFoundError:
            raise HTTPException(404) from None
        response.headers["cache-control"] = REVALIDATE
        if files.is_not_modified(response.headers, request.headers):
            response = NotModifiedResponse(response.headers)
        if is_over:
            clear_session(response, request)  # a script sees neither the cookie nor why its socket is refused
        if (is_over or not signed_in) and GUEST_COOKIE not in request.cookies:
            set_guest(response, request)
        return response

    for path in PATHS:
        router.add_api_route(path, page, methods=["GET", "HEAD"])

    @router.get("/static/words.json")
    async def codes() -> Response:
        return json_answer(await run_in_threadpool(languages.codes), headers={"cache-control": REVALIDATE})

    @router.get("/favicon.ico")
    async def icon() -> Response:
        path = folder / ICON
        return FileResponse(path) if path.is_file() else Response(status_code=204)

    return router
