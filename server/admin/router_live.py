"""/v1/admin: what goes on in the installation, for administrators."""
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from server.admin import live_samples as samples
from server.admin.dependencies import AdminErrors, AdminHistory, AdminLive
from server.admin.history_schemas import HistoryRead, StepSeconds
from server.admin.live_schemas import ConnectedList, LiveRead
from server.admin.recent_schemas import ErrorList, Kind
from server.auth.dependencies import never_kept
from server.auth.guards import Administrator
from server.common.documented import documented
from server.common.errors import Code

router = APIRouter(prefix="/v1/admin", tags=["administration"], dependencies=[Depends(never_kept)])
After = Annotated[str, Query(max_length=80, description="the last id of the page before")]
Limit = Annotated[int, Query(ge=1, le=100)]
Since = Annotated[float, Query(
    ge=0, allow_inf_nan=False, description="only steps that have ended after it, in Unix seconds: the last of `at`")]


@router.get("/live", openapi_extra=documented(example=samples.LIVE))
async def read_live(user: Administrator, live: AdminLive) -> LiveRead:
    """The installation as it is now: gateways, workers, queues, Redis, the database. What is not known is null."""
    return await live.picture()


@router.get("/connected", openapi_extra=documented(Code.RELAY_UNAVAILABLE, example=samples.CONNECTED))
async def list_connected(
        user: Administrator, live: AdminLive, limit: Limit = 20, after: After = "",
) -> ConnectedList:
    """Who holds a socket or a stream open, at whichever gateways, in the order of ids; true to two seconds."""
    return await live.connected(after, limit)


@router.get("/history", openapi_extra=documented(Code.RELAY_UNAVAILABLE, example=samples.HISTORY))
async def read_history(
        user: Administrator, history: AdminHistory, step_s: StepSeconds = StepSeconds.TEN,
        minutes: Annotated[int, Query(ge=1, le=60)] = 60, since: Since = 0.0,
) -> HistoryRead:
    """What was counted, over all gateways, in steps for plots: an hour of it at most. A step is told two seconds after
    its end. Ask again with `since` for what is new.
    """
    return await history.read(step_s, minutes, since)


@router.get("/errors", openapi_extra=documented(Code.RELAY_UNAVAILABLE, example=samples.ERRORS))
async def list_errors(
        user: Administrator, errors: AdminErrors, kind: Kind | None = None, limit: Limit = 20, after: After = "",
) -> ErrorList:
    """The last 200 failures and the last 200 refusals that clients were told, over all gateways, the newest first."""
    return await errors.page(kind, after, limit)
