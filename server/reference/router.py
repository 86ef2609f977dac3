"""`/asyncapi.json`, and `/docs`, which shows it and `/openapi.json` to people; it loads nothing from elsewhere."""
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.responses import FileResponse, Response

from server.common.answers import json_answer
from server.reference import openapi

PAGE = "docs.html"


def install(
        app: FastAPI, folder: Path, asyncapi: Callable[[], Mapping[str, Any]],
        implied: openapi.Implied, asks: openapi.Dependency) -> None:
    """`folder` holds the page; `implied` and `asks`: see `openapi.install`."""
    openapi.install(app, implied, asks)
    app.include_router(create_router(folder, asyncapi))


def create_router(folder: Path, asyncapi: Callable[[], Mapping[str, Any]]) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/asyncapi.json")
    async def asyncapi_document() -> Response:
        return json_answer(asyncapi())

    @router.get("/docs")
    async def page() -> Response:
        return FileResponse(folder / PAGE, headers={"cache-control": "no-cache"})

    return router
