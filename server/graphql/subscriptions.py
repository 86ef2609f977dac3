"""What can be followed."""
from collections.abc import AsyncGenerator

import strawberry

from server.common.errors import BadRequest, Code
from server.graphql.context import Info
from server.graphql.types.events import ResponseEvent, event


@strawberry.type
class Subscription:
    @strawberry.subscription(
        description="A response's events behind `startingAfter`, as they come, to the one that ends it.")
    async def response(
            self, info: Info, id: strawberry.ID, starting_after: int = -1) -> AsyncGenerator[ResponseEvent, None]:
        """While an event is on its way to a slow client nothing is taken, and what comes is merged in the viewer."""
        context = info.context
        if starting_after < -1:
            raise BadRequest(
                Code.INVALID_VALUE, f"`startingAfter` should be a sequence number or −1; it is {starting_after}.",
                "startingAfter")
        feed = await context.ports.responses.follow(context.user.id, id)
        with context.following(feed, starting_after) as viewer:
            while frames := await viewer.next():
                for frame in frames:
                    yield event(frame, feed.resource)
