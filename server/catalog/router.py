"""GET /v1/models and /v1/models/{id}."""
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection

from server.auth.guards import CurrentUser
from server.catalog.schemas import ModelList, ModelRead
from server.catalog.service import Catalog
from server.common.documented import documented
from server.common.errors import Code

router = APIRouter(prefix="/v1/models", tags=["models"])


def get_catalog(connection: HTTPConnection) -> Catalog:
    catalog: Catalog = connection.app.state.catalog
    return catalog


Models = Annotated[Catalog, Depends(get_catalog)]


@router.get("", openapi_extra=documented(Code.RELAY_UNAVAILABLE))
async def list_models(_: CurrentUser, catalog: Models) -> ModelList:
    """What is live now, and what a model can do."""
    return ModelList(data=await catalog.models())


@router.get("/{name:path}", openapi_extra=documented(Code.MODEL_NOT_FOUND, Code.RELAY_UNAVAILABLE))
async def read_model(name: str, _: CurrentUser, catalog: Models) -> ModelRead:
    """One of them; its name may hold slashes."""
    return await catalog.get(name)
