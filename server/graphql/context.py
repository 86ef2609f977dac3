"""What resolvers are given: who asks, the other domains, and loaders that live as long as one operation."""
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

import strawberry

from server.auth.schemas import User
from server.common.errors import ApiError
from server.graphql.loaders import Loaders
from server.graphql.ports import Feed, Ports, Viewer


class Watch(Protocol):
    """The socket that an operation came over; it ends the viewers that it knows, and is told of the stuck ones."""

    viewers: set[Viewer]

    def viewer_failed(self, error: ApiError) -> None: ...


@dataclass(frozen=True, slots=True)
class Context:
    """One operation's. `watch` is None over HTTP, where nothing can be followed."""

    user: User
    ports: Ports
    watch: Watch | None = None
    loaders: Loaders = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "loaders", Loaders(self.user.id, self.ports))

    @contextmanager
    def following(self, feed: Feed, after: int) -> Iterator[Viewer]:
        """A viewer that is closed in the end. Raises what the feed says to this number."""
        assert self.watch is not None  # noqa: S101 - the routes refuse subscriptions over HTTP
        viewer = feed.follow(after, self.watch.viewer_failed)
        self.watch.viewers.add(viewer)
        try:
            yield viewer
        finally:
            self.watch.viewers.discard(viewer)
            viewer.close()


Info: TypeAlias = strawberry.Info[Context, Any]
