"""A completion's chunks as a stream of server-sent events."""
from server.admission.sockets import Sockets
from server.common.errors import ApiError
from server.completions.chunks import ChunkPosition, error_chunk
from server.responses.feed import Feed
from server.responses.sse import EventStream
from server.responses.viewer import Viewer


class ChunkStream(EventStream):
    """Sends chunks as they come. A client that leaves ends it, but not the generation."""

    def __init__(self, feed: Feed, sockets: Sockets, *, include_usage: bool) -> None:
        """Raises what the feed has failed of."""
        self._include_usage = include_usage
        super().__init__(feed, sockets)

    def follow(self, feed: Feed, after: int) -> Viewer:
        """One that is told chunks, from the beginning: they have no numbers to go on behind."""
        position = ChunkPosition(feed.request, include_usage=self._include_usage)
        return feed.follow(-1, self.viewer_failed, position)

    def events(self, frames: list[bytes]) -> bytes:
        """Chunks are events already."""
        return b"".join(frames)

    def error_event(self, error: ApiError, number: int) -> bytes:
        """Without a name, for SDKs pass over those that have one."""
        return error_chunk(error)
