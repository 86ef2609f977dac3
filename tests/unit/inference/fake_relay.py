"""The relay port without Redis: jobs to lease, what was appended, and failures to order."""
import asyncio
from collections import defaultdict

from relay.events import AnyEvent, Delta, Ended
from relay.records import Record
from relay.views import Held, Leased, Nudge, Step, WorkerInfo


class FakeRelay:
    """`failures[verb]` are raised one by one; `views` is what `look` says, `keeps` what `rejoin` does (None: all)."""

    def __init__(self, *jobs: Leased) -> None:
        self.jobs = list(jobs)
        self.failures: dict[str, list[Exception]] = defaultdict(list)
        self.calls: list[str] = []
        self.leases: list[tuple[int, bool]] = []  # n and silent of each call
        self.steps: list[Step] = []
        self.infos: list[WorkerInfo] = []
        self.released: list[Held] = []
        self.rejoined: list[Held] = []
        self.keeps: set[str] | None = None
        self.views: dict[str, tuple[list[str], bool]] = {}
        self.registered = False
        self._nudges: asyncio.Queue[Nudge] = asyncio.Queue()
        self.changed = asyncio.Condition()

    def nudge(self, kind: str, response_id: str = "") -> None:
        self._nudges.put_nowait(Nudge(kind, response_id))  # type: ignore[arg-type]

    def text(self, response_id: str) -> str:
        return "".join(event.text for event in self.events(response_id) if isinstance(event, Delta))

    def end(self, response_id: str) -> Ended | None:
        events = self.events(response_id)
        return events[-1] if events and isinstance(events[-1], Ended) else None

    def events(self, response_id: str) -> list[AnyEvent]:
        """What the log holds of the events that this worker made."""
        return [e for record in self.entries(response_id) for e in record.events]

    def sent(self, response_id: str, gateway: str = "g1") -> list[AnyEvent]:
        """What a gateway was sent of a response, what came twice once."""
        events: dict[int, AnyEvent] = {}
        for step in self.steps:
            for record in step.batches.get(gateway, []):
                if record.response_id == response_id:
                    events.update(enumerate(record.events, record.first))
        return [events[number] for number in sorted(events)]

    def entries(self, response_id: str) -> list[Record]:
        return [record for step in self.steps for record in step.entries if record.response_id == response_id]

    async def connect(self) -> bool:
        await self._called("connect")
        return self.registered

    async def register(self, info: WorkerInfo) -> None:
        await self._called("register")
        self.registered = True
        self.infos.append(info)

    async def renew(self, info: WorkerInfo) -> None:
        self.infos.append(info)
        await self._called("renew")

    async def lease(self, n: int, *, silent: bool = False) -> list[Leased]:
        self.leases.append((n, silent))
        await self._called("lease")
        leased, self.jobs = self.jobs[:n], self.jobs[n:]
        return leased

    async def append(self, step: Step) -> None:
        await self._called("append")
        self.steps.append(step)
        await self._tell()

    async def release(self, held: list[Held]) -> None:
        await self._called("release")
        self.released += held
        self._log(held)

    async def rejoin(self, held: list[Held]) -> set[str]:
        await self._called("rejoin")
        self.rejoined = held
        kept = {h.response_id for h in held} if self.keeps is None else self.keeps
        self._log([h for h in held if h.response_id in kept])
        return kept

    def _log(self, held: list[Held]) -> None:
        for h in held:
            entries = self.entries(h.response_id)
            last = entries[-1].last if entries else h.after
            self.steps.append(Step(entries=[record for record in h.records if record.last > last]))

    async def look(self, ids: list[str]) -> dict[str, tuple[list[str], bool]]:
        await self._called("look")
        return {response_id: self.views[response_id] for response_id in ids if response_id in self.views}

    async def nudges(self, block_ms: int) -> list[Nudge]:
        return [await self._nudges.get()]

    async def take_back(self) -> int:
        await self._called("take_back")
        return 0

    async def leave(self) -> None:
        await self._called("leave")

    async def _called(self, verb: str) -> None:
        self.calls.append(verb)
        await asyncio.sleep(0)
        await self._tell()
        if self.failures[verb]:
            raise self.failures[verb].pop(0)

    async def _tell(self) -> None:
        async with self.changed:
            self.changed.notify_all()
