"""Cases over a WebSocket."""
from tests import spec
from tests.compliance.asked import ASK_WEATHER, WEATHER, message, user
from tests.compliance.cases import case
from tests.compliance.target import Refusal, Target, items_of

NOT_FOUND = "previous_response_not_found"


@case("websocket-response")
async def websocket_response(target: Target) -> None:
    """A turn on a socket is told in the same events."""
    async with target.socket() as socket:
        (await socket.turn(input=[user("Count from 1 to 3.")])).whole()


@case("websocket-sequential-responses")
async def websocket_sequential_responses(target: Target) -> None:
    """One turn after another on one socket."""
    async with target.socket() as socket:
        ids = {(await socket.turn(store=False, input=f"Say: {word}")).whole()["id"] for word in ("first", "second")}
    assert len(ids) == 2


@case("websocket-continuation")
async def websocket_continuation(target: Target) -> None:
    """A response that is stored nowhere is gone on from on its socket."""
    async with target.socket() as socket:
        first = (await socket.turn(store=False, input="Remember the word cobalt. Say OK.")).whole()
        second = (await socket.turn(store=False, input="Which word?", previous_response_id=first["id"])).whole()
    assert second["previous_response_id"] == first["id"]
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]


@case("websocket-reconnect-store-false-recovery")
async def websocket_reconnect(target: Target) -> None:
    """… and on no other one, where a new chain can begin."""
    async with target.socket() as socket:
        first = (await socket.turn(store=False, input="Remember the word copper. Say OK.")).whole()
    async with target.socket() as socket:
        lost = await socket.turn(store=False, input="Go on.", previous_response_id=first["id"])
        assert lost.refusal is not None
        assert lost.refusal.code == NOT_FOUND
        (await socket.turn(store=False, input=[user("Then begin anew.")])).whole()


@case("websocket-previous-response-not-found")
async def websocket_previous_response_not_found(target: Target) -> None:
    """A response that never was."""
    async with target.socket() as socket:
        turn = await socket.turn(store=False, input="Go on.", previous_response_id="resp_0never")
    assert turn.refusal == Refusal(400, NOT_FOUND)


@case("websocket-failed-continuation-evicts-cache")
async def websocket_failed_continuation(target: Target) -> None:
    """A continuation that fails takes what it went on from with it."""
    output = {"type": "function_call_output", "call_id": "call_of_nobody", "output": "No such call was made."}
    async with target.socket() as socket:
        first = (await socket.turn(store=False, input="Remember the word ember. Say OK.")).whole()
        failed = await socket.turn(store=False, input=[output], previous_response_id=first["id"])
        assert failed.refusal is not None or (failed.response or {})["status"] == "failed"
        again = await socket.turn(store=False, input="Go on.", previous_response_id=first["id"])
    assert again.refusal is not None
    assert again.refusal.code == NOT_FOUND


@case("websocket-compact-new-chain")
async def websocket_compact_new_chain(target: Target) -> None:
    """What was made short begins a new chain."""
    answer = await target.post("/responses/compact", input=[
        message("user", [{"type": "input_text", "text": "Remember the word slate."}]),
        message("assistant", [{"type": "output_text", "text": "OK."}]),
        message("user", [{"type": "input_text", "text": "Make this short."}]),
    ])
    assert answer.status_code == 200, answer.text[:500]
    spec.check("CompactResource", made := answer.json())
    async with target.socket() as socket:
        request = {"type": "response.create", "model": target.model, "store": False, "tools": [],
                   "input": [*made["output"], user("Go on from here.")]}
        (await socket.send(request)).whole()


@case("websocket-tool-calling")
async def websocket_tool_calling(target: Target) -> None:
    """A call and its output on one socket, stored nowhere."""
    async with target.socket() as socket:
        first = (await socket.turn(store=False, input=ASK_WEATHER, tools=[WEATHER], tool_choice="required")).whole()
        call = items_of(first, "function_call")[0]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "17 °C, fog"}
        second = await socket.turn(store=False, input=[output], previous_response_id=first["id"])
    items_of(second.whole(), "message")


@case("websocket-errors")
async def websocket_errors(target: Target) -> None:
    """After an error the socket goes on."""
    async with target.socket() as socket:
        for request in ({"type": "zip"}, {"type": "response.create", "input": []}, {"input": "x"},
                        {"type": "response.create", "input": "x", "background": True}):
            turn = await socket.send(request)
            assert turn.refusal is not None, request
            assert turn.refusal.status == 400, request
        (await socket.turn(input="Hello.")).whole()
