"""Cases over plain HTTP and server-sent events."""
import json
from typing import Any

from tests import spec
from tests.compliance.asked import ASK_WEATHER, RED_DOT, SCHEMA, WEATHER, message, user
from tests.compliance.cases import case
from tests.compliance.target import Target, completed, items_of, refusal, resource, text_of


@case("basic-response")
async def basic_response(target: Target) -> None:
    """A user's message is answered."""
    completed(await target.create(input=[user("Say hello in three words.")]))


@case("assistant-phase")
async def assistant_phase(target: Target) -> None:
    """Assistant messages may say which phase they are of, and keep it."""
    given = [
        message("assistant", "I look up the number that was saved.", phase="commentary"),
        message("assistant", "The number is four.", phase="final_answer"),
        user("Say the number again, nothing else."),
    ]
    response = completed(await target.create(input=given))
    listed = await target.get(f"/responses/{response['id']}/input_items", order="asc")
    assert [item.get("phase") for item in listed["data"]] == ["commentary", "final_answer", None]


@case("response-output-phase-schema")
async def output_phase_schema(target: Target) -> None:
    """A response whose messages say their phase is one still; nothing is asked of the server but what it answered."""
    response = completed(await target.create(input="Hello."))
    for item in response["output"]:
        if item["type"] == "message":
            spec.check("ResponseResource", {**response, "output": [{**item, "phase": "final_answer"}]})


@case("streaming-response")
async def streaming_response(target: Target) -> None:
    """Every event of a stream is as the specification says, and so is their order."""
    (await target.stream(input=[user("Count from 1 to 5.")])).whole()


@case("system-prompt")
async def system_prompt(target: Target) -> None:
    """The system may say how to answer."""
    completed(await target.create(input=[message("system", "You speak as a pirate does."), user("Say hello.")]))


@case("tool-calling")
async def tool_calling(target: Target) -> None:
    """A function that is offered is called, with arguments in JSON."""
    response = await target.create(input=[user(ASK_WEATHER)], tools=[WEATHER])
    call = items_of(response, "function_call")[0]
    assert call["name"] == "get_weather"
    assert isinstance(json.loads(call["arguments"]), dict)


@case("tool-calling-streaming")
async def tool_calling_streaming(target: Target) -> None:
    """The call's arguments come piece by piece."""
    turn = await target.stream(input=[user(ASK_WEATHER)], tools=[WEATHER], tool_choice="required")
    items_of(turn.whole(), "function_call")
    kinds = [event["type"] for event in turn.events]
    assert "response.function_call_arguments.delta" in kinds
    assert "response.function_call_arguments.done" in kinds


@case("function-call-roundtrip")
async def function_call_roundtrip(target: Target) -> None:
    """What a call gave is sent back, and answered in words."""
    choice = {"type": "function", "name": "get_weather"}
    first = await target.create(input=ASK_WEATHER, tools=[WEATHER], tool_choice=choice)
    assert first["tool_choice"] == choice
    call = items_of(first, "function_call")[0]
    output = {"type": "function_call_output", "call_id": call["call_id"], "output": "17 °C, fog"}
    second = completed(await target.create(
        input=[user(ASK_WEATHER), call, output], tools=[WEATHER], tool_choice="none"))
    assert text_of(second)
    third = completed(await target.create(
        input=[output], previous_response_id=first["id"], tools=[WEATHER], tool_choice="none"))
    assert third["previous_response_id"] == first["id"]


@case("allowed-tools")
async def allowed_tools(target: Target) -> None:
    """Of two tools only the one that is allowed is called."""
    other = {**WEATHER, "name": "get_time", "description": "The time at a place"}
    choice = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "get_time"}]}
    response = await target.create(input=ASK_WEATHER, tools=[WEATHER, other], tool_choice=choice)
    assert {call["name"] for call in items_of(response, "function_call")} == {"get_time"}
    assert response["tool_choice"] == choice
    assert [tool["name"] for tool in response["tools"]] == ["get_weather", "get_time"]


@case("structured-output")
async def structured_output(target: Target) -> None:
    """A text keeps to a JSON schema."""
    form = {"type": "json_schema", "name": "city", "schema": SCHEMA, "strict": True}
    response = completed(await target.create(input="Name a city and how many live there.", text={"format": form}))
    value = json.loads(text_of(response))
    assert set(value) == {"city", "people"}
    assert isinstance(value["people"], int)
    assert response["text"]["format"]["type"] == "json_schema"


@case("reasoning")
async def reasoning(target: Target) -> None:
    """Thoughts are an item of their own, and can be sent back sealed."""
    turn = await target.stream(
        input="What is 17 times 23?", reasoning={"effort": "low"}, include=["reasoning.encrypted_content"], store=False)
    response = turn.whole()
    thought = items_of(response, "reasoning")[0]
    assert response["usage"]["output_tokens_details"]["reasoning_tokens"] > 0
    assert any(event["type"] == "response.reasoning.delta" for event in turn.events)
    param = {"type": "reasoning", "summary": [], "encrypted_content": thought["encrypted_content"]}
    spec.check("ReasoningItemParam", param)
    messages = items_of(response, "message")
    completed(await target.create(input=[user("What is 17 times 23?"), param, *messages, user("And plus one?")]))


@case("logprobs")
async def logprobs(target: Target) -> None:
    """Log probabilities come with the text where they are asked for."""
    response = completed(await target.create(
        input="Hello.", top_logprobs=2, include=["message.output_text.logprobs"]))
    scored = items_of(response, "message")[0]["content"][0]["logprobs"]
    assert scored, "no log probabilities"
    assert all(len(one["top_logprobs"]) <= 2 for one in scored)


@case("image-input")
async def image_input(target: Target) -> None:
    """An image is seen."""
    content = [
        {"type": "input_text", "text": "What is in this image? One sentence."},
        {"type": "input_image", "image_url": RED_DOT},
    ]
    completed(await target.create(input=[message("user", content)]))


@case("multi-turn")
async def multi_turn(target: Target) -> None:
    """What was said before may be sent along."""
    completed(await target.create(input=[
        user("My name is Alice."), message("assistant", "Hello Alice, how can I help?"), user("What is my name?")]))


@case("previous-response-id")
async def previous_response_id(target: Target) -> None:
    """A stored response is gone on from by its id."""
    first = completed(await target.create(input="Remember the word papaya. Say OK."))
    second = completed(await target.create(input="Which word?", previous_response_id=first["id"]))
    assert second["previous_response_id"] == first["id"]
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]


@case("length-limit")
async def length_limit(target: Target) -> None:
    """An answer that meets its limit is incomplete, and says why."""
    turn = await target.stream(input="Tell me a long story of a hundred sentences.", max_output_tokens=16)
    assert turn.response is not None
    assert turn.response["status"] == "incomplete"
    assert turn.response["incomplete_details"] == {"reason": "max_output_tokens"}
    assert turn.response["max_output_tokens"] == 16


@case("stored-response")
async def stored_response(target: Target) -> None:
    """A response can be read, its input listed page by page, and forgotten."""
    given = [user("One."), message("assistant", "Two."), user("Three.")]
    made = completed(await target.create(input=given, metadata={"case": "stored"}))
    assert await target.get(f"/responses/{made['id']}") == made
    first = await target.get(f"/responses/{made['id']}/input_items", order="asc", limit=2)
    rest = await target.get(f"/responses/{made['id']}/input_items", order="asc", limit=2, after=first["last_id"])
    assert (len(first["data"]), first["has_more"], len(rest["data"]), rest["has_more"]) == (2, True, 1, False)
    for item in (*first["data"], *rest["data"]):
        spec.check("ItemField", item)
    answer = await target.http.delete(f"{target.url}/responses/{made['id']}")
    assert (answer.status_code, answer.json()["deleted"]) == (200, True)
    assert refusal(await target.http.get(f"{target.url}/responses/{made['id']}")).status == 404


@case("item-reference")
async def item_reference(target: Target) -> None:
    """An item of a stored response is named by its id."""
    first = completed(await target.create(input="Remember the word mango."))
    said = items_of(first, "message")[0]
    completed(await target.create(input=[{"type": "item_reference", "id": said["id"]}, user("Go on.")]))


@case("background")
async def background(target: Target) -> None:
    """In the background the answer is an id, and a cancel ends it."""
    made = resource(await target.post(input="Tell me a long story.", background=True))
    assert made["background"] is True
    assert made["status"] in ("queued", "in_progress", "completed")
    ended = resource(await target.http.post(f"{target.url}/responses/{made['id']}/cancel"))
    assert ended["status"] in ("incomplete", "completed", "cancelled")


@case("compact-response")
async def compact_response(target: Target) -> None:
    """A conversation is made short."""
    answer = await target.post("/responses/compact", prompt_cache_key="compact", input=[
        user("We launch on Tuesday and tell support first."),
        message("assistant", "Tuesday it is, and support knows before."),
    ])
    assert answer.status_code == 200, answer.text[:500]
    made = answer.json()
    spec.check("CompactResource", made)
    assert any(item["type"] == "compaction" for item in made["output"])


@case("compact-missing-model")
async def compact_missing_model(target: Target) -> None:
    """Without a model nothing is made short."""
    answer = await target.post("/responses/compact", model="", input=[user("Make this short.")])
    assert refusal(answer).status in (400, 422)


@case("models")
async def models(target: Target) -> None:
    """The model is in the list of models."""
    listed = await target.get("/models")
    assert target.model in [model["id"] for model in listed["data"]]
    assert (await target.get(f"/models/{target.model}"))["id"] == target.model


@case("errors")
async def errors(target: Target) -> None:
    """What is wrong is said with a code and the field."""
    wrong: list[dict[str, Any]] = [
        {"input": "x", "temperature": 9}, {"input": []}, {"input": [{"type": "zip"}]}, {"input": 5}]
    for fields in wrong:
        answer = await target.post(**fields)
        assert refusal(answer).status == 400, fields
        assert answer.json()["error"]["param"], fields
