"""What must hold of the relay, in every state and at the end; told in plain Python, from what is in Redis."""
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from relay.events import Delta, Ended
from relay.job import Request
from relay.records import decode_entry
from tests.integration.relay.actors import LENGTH, Broken, Gateway, Line, Recorder, Truth, Worker, log_lines
from tests.integration.relay.staged import StagedRedis
from tests.integration.relay.world import KEYS, MODEL

Fields = dict[str, str]

# All that is looked at, in one call: of each response its hash, its log and the places where it is; then what is to be
# recorded, and which workers are there.
LOOK = """
local prefix, model = KEYS[1], KEYS[2]
local jobs = {}
for _, id in ipairs(ARGV) do
  local job = redis.call('HGETALL', prefix .. 'job:' .. id)
  local owner = redis.call('HGET', prefix .. 'job:' .. id, 'owner')
  local places = {}
  if redis.call('ZSCORE', prefix .. 'queue:' .. model, id) then places[#places + 1] = 'waiting' end
  for _, other in ipairs(redis.call('LRANGE', prefix .. 'handover:' .. model, 0, -1)) do
    if other == id then places[#places + 1] = 'handover' end
  end
  if owner and owner ~= '' and redis.call('SISMEMBER', prefix .. 'held:' .. owner, id) == 1 then
    places[#places + 1] = 'running'
  end
  if redis.call('SISMEMBER', prefix .. 'live', id) == 0 then places[#places + 1] = 'ended' end
  jobs[#jobs + 1] = {id, job, redis.call('XRANGE', prefix .. 'log:' .. id, '-', '+'), places}
end
return {jobs, redis.call('XRANGE', prefix .. 'to_record', '-', '+'), redis.call('HKEYS', prefix .. 'workers')}
"""


@dataclass(frozen=True)
class Look:
    """What Redis says of one response."""

    id: str
    job: Fields  # empty: there is none
    log: list[Line]
    places: list[str]
    listed: bool  # to be recorded
    owner_is_there: bool


class Promises:
    """Raises Broken. `strict`: places of jobs and holders too, not only what somebody is shown."""

    strict = True

    def __init__(self, staged: StagedRedis, truth: Truth, recorder: Recorder) -> None:
        self.staged, self.truth, self.recorder = staged, truth, recorder
        self.may_stop: set[str] = set()  # somebody has cancelled it

    def look(self, ids: Iterable[str]) -> list[Look]:
        jobs, to_record, workers = self.staged.command("EVAL", LOOK, 2, KEYS.prefix, MODEL, *ids)
        listed = {fields[1].decode() for _, fields in to_record}
        return [self._look(job, listed, [name.decode() for name in workers]) for job in jobs]

    def _look(self, answer: list[Any], listed: set[str], workers: list[str]) -> Look:
        name, flat, entries, places = answer
        response_id = name.decode()
        pairs = zip(flat[::2], flat[1::2], strict=True)
        job = {field.decode(): value.decode() for field, value in pairs if field != b"request"}
        log = log_lines([decode_entry(response_id, fields[1::2]) for _, fields in entries])
        return Look(response_id, job, log, [place.decode() for place in places], response_id in listed,
                    job.get("owner") in workers)

    def check(self, requests: dict[str, Request], workers: list[Worker]) -> None:
        for look in self.look(requests):
            self._agree_with_log(look)
            if not look.job:
                raise Broken(f"{look.id} has vanished")
            if look.job and self.strict:
                self._has_one_place(look)
        if self.strict:
            self._are_held_once(workers)

    def _agree_with_log(self, look: Look) -> None:
        """The log says what was shown, and may know more, or less."""
        log, truth = look.log, self.truth.lines.get(look.id, [])
        known = min(len(log), len(truth))
        if log[:known] != truth[:known]:
            raise Broken(f"the log of {look.id} holds {log}, and {truth} was shown")
        ends = [line for line in log if isinstance(line[2], Ended)]
        if len(ends) > 1 or (ends and log[-1] is not ends[0]):
            raise Broken(f"the log of {look.id} ends more than once: {log}")

    def _has_one_place(self, look: Look) -> None:
        state = look.job["state"]
        if look.places != [state]:
            raise Broken(f"{look.id} is {look.job}, and its places are {look.places}")
        if state == "running" and not look.owner_is_there:
            raise Broken(f"{look.id} is held by {look.job['owner']}, which is not there to be taken back")
        if state == "ended":
            last = look.log[-1][2] if look.log else None
            if not isinstance(last, Ended) or last.status != look.job["status"]:
                raise Broken(f"{look.id} is {look.job}, and its log is {look.log}")
            if look.job["store"] == "1" and look.id not in self.recorder.saved and not look.listed:
                raise Broken(f"{look.id} has ended, and nobody will record it")

    def _are_held_once(self, workers: list[Worker]) -> None:
        """Of those whose token is good, no two believe that they hold one response."""
        holders: dict[str, str] = {}
        for worker in workers:
            if not self.staged.ledger.is_good(worker.name, worker.relay._token) or not worker.linked:
                continue
            for response_id in worker.jobs:
                if response_id in holders:
                    raise Broken(f"{response_id} is held by {holders[response_id]} and by {worker.name}")
                holders[response_id] = worker.name

    def check_ended(self, requests: dict[str, Request], gateways: list[Gateway], *, save_once: bool) -> None:
        """At the very end: nothing lost, nothing repeated, one end, saved once, for all who follow."""
        for look in self.look(requests):
            response_id, job, log = look.id, look.job, look.log
            if job["state"] != "ended":
                raise Broken(f"{response_id} never ends: {job}")
            tokens = [n for _, _, event in log if isinstance(event, Delta) for n in event.tokens]
            stopped = job["status"] == "incomplete" and response_id in self.may_stop
            if tokens != list(range(len(tokens) if stopped else LENGTH)):
                raise Broken(f"{response_id} has the tokens {tokens}")
            for gateway in gateways:
                reader = gateway.readers.get(response_id)
                if reader and reader.follows and reader.lines != log:
                    raise Broken(f"{gateway.name} has shown {reader.lines} of {response_id}, and its log is {log}")
            self._is_saved(requests[response_id], log, save_once=save_once)

    def _is_saved(self, request: Request, log: list[Line], *, save_once: bool) -> None:
        saved = self.recorder.saved.get(request.response_id)
        if saved != (log if request.store else None):
            raise Broken(f"{request.response_id} is saved as {saved}, and its log is {log}")
        times = self.recorder.times.get(request.response_id, 0)
        if save_once and times != int(request.store):
            raise Broken(f"{request.response_id} is saved {times} times")
