"""Live, ready, metrics, and what the page shows until somebody can chat. None of them asks who you are."""
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from starlette.requests import HTTPConnection

from server.health.metrics import CONTENT_TYPE, Metrics
from server.health.schemas import ReadyRead, StatusRead
from server.health.service import Health

router = APIRouter(tags=["health"])


def get_health(connection: HTTPConnection) -> Health:
    health: Health = connection.app.state.health
    return health


def get_metrics(connection: HTTPConnection) -> Metrics:
    metrics: Metrics = connection.app.state.metrics
    return metrics


CurrentHealth = Annotated[Health, Depends(get_health)]


@router.get("/health/live")
async def live() -> dict[str, bool]:
    """200 as long as the process runs."""
    return {"live": True}


@router.get("/health/ready", responses={503: {"model": ReadyRead}})
async def ready(health: CurrentHealth, response: Response) -> ReadyRead:
    """200 when Redis, the database and a worker for the default model can be used; else 503, and what is missing."""
    answer = await health.ready()
    if not answer.ready:
        response.status_code = 503
    return answer


@router.get("/v1/parley/status")
async def status(health: CurrentHealth) -> StatusRead:
    """What a person may know until one can chat: packages being installed, a model being loaded, how far."""
    return await health.status()


@router.get("/metrics", include_in_schema=False)
async def metrics(metrics: Annotated[Metrics, Depends(get_metrics)]) -> Response:
    return Response(await metrics.render(), media_type=CONTENT_TYPE)
