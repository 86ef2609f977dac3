"""/v1/admin: what goes on in the installation, for administrators."""
from typing import Annotated

from fastapi import APIRouter, Depends, Query

from server.admin import live_samples as samples
from server.admin.dependencies import AdminLive
from server.admin.live_schemas import ConnectedList, LiveRead
from server.auth.dependencies import never_kept
from server.auth.guards import Administrator
from server.common.documented import documented
from server.common.errors import Code

router = APIRouter(prefix="/v1/admin", tags=["administration"], dependencies=[Depends(never_kept)])
After = Annotated[str, Query(max_length=80, description="the last id of the page before")]


@router.get("/live", openapi_extra=documented(example=samples.LIVE))
async def read_live(user: Administrator, live: AdminLive) -> LiveRead:
    """The installation as it is now: gateways, workers, queues, Redis, the database. What is not known is null."""
    return await live.picture()


@router.get("/connected", openapi_extra=documented(Code.RELAY_UNAVAILABLE, example=samples.CONNECTED))
async def list_connected(
        user: Administrator, live: AdminLive, limit: Annotated[int, Query(ge=1, le=100)] = 20, after: After = "",
) -> ConnectedList:
    """Who holds a socket or a stream open, at whichever gateways, in the order of ids; true to two seconds."""
    return await live.connected(after, limit)
