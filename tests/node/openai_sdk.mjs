// OpenAI's own SDK: Responses over SSE and WebSocket, Chat Completions, tools, structured output.
import OpenAI from "openai";
import { zodResponseFormat, zodTextFormat } from "openai/helpers/zod";
import { ResponsesWS } from "openai/resources/responses/ws";
import { z } from "zod";

import { report, task } from "./talk.mjs";

const { url, model, prompt } = task;
const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: "node-user", maxRetries: 0 });
const Weather = z.object({ city: z.string(), degrees: z.number() });
const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"], additionalProperties: false };
const messages = [{ role: "user", content: prompt }];

const steps = {
  async response() {
    const response = await client.responses.create({ model, input: prompt });
    return { text: response.output_text, status: response.status, usage: response.usage };
  },
  async responseStream() {
    let text = "";
    const stream = client.responses.stream({ model, input: prompt });
    stream.on("response.output_text.delta", (event) => (text += event.delta));
    return { text, ...{ final: (await stream.finalResponse()).output_text }, heard: text };
  },
  async socket() {
    const socket = new ResponsesWS(client);
    const said = [];
    try {
      for (const input of [prompt, `again ${prompt}`]) {
        let text = "";
        const done = new Promise((resolve, reject) => {
          socket.on("response.output_text.delta", (event) => (text += event.delta));
          socket.once("response.completed", (event) => resolve(event.response));
          socket.once("error", reject);
        });
        socket.send({ type: "response.create", model, input });
        await done;
        said.push(text);
        text = "";
      }
    } finally {
      socket.close();
    }
    return { said };
  },
  async chat() {
    const completion = await client.chat.completions.create({ model, messages });
    const [{ message, finish_reason }] = completion.choices;
    return { text: message.content, reason: finish_reason, usage: completion.usage };
  },
  async chatStream() {
    const stream = await client.chat.completions.create({
      model, messages, stream: true, stream_options: { include_usage: true } });
    let text = "";
    let usage = null;
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta?.content ?? "";
      usage = chunk.usage ?? usage;
    }
    return { text, usage };
  },
  async chatError() {
    return await client.chat.completions.create({ model, messages, n: 2 });
  },
  async responseTool() {
    const tools = [{ type: "function", name: "weather", description: "The weather somewhere", parameters, strict: true }];
    const first = await client.responses.create({ model, input: "What is the weather in Paris?", tools });
    const call = first.output.find((item) => item.type === "function_call");
    const output = { type: "function_call_output", call_id: call.call_id, output: "rain" };
    const second = await client.responses.create({ model, tools, previous_response_id: first.id, input: [output] });
    return { name: call.name, arguments: JSON.parse(call.arguments), text: second.output_text };
  },
  async chatTool() {
    let called = null;
    const runner = client.chat.completions.runTools({
      model,
      messages: [{ role: "user", content: "What is the weather in Paris?" }],
      tools: [{
        type: "function",
        function: {
          name: "weather", description: "The weather somewhere", parameters, parse: JSON.parse,
          function: (given) => ((called = given), "rain"),
        },
      }],
    });
    return { text: await runner.finalContent(), called };
  },
  async chatToolStream() {
    const stream = client.chat.completions.stream({
      model,
      messages: [{ role: "user", content: "What is the weather in Paris?" }],
      tools: [{ type: "function", function: { name: "weather", parameters } }],
    });
    const { choices: [{ message, finish_reason }] } = await stream.finalChatCompletion();
    const [{ function: { name, arguments: given } }] = message.tool_calls;
    return { name, arguments: JSON.parse(given), reason: finish_reason };
  },
  async responseParsed() {
    const response = await client.responses.parse({
      model, input: "The weather in Paris?", text: { format: zodTextFormat(Weather, "weather") } });
    return { parsed: response.output_parsed };
  },
  async chatParsed() {
    const completion = await client.chat.completions.parse({
      model,
      messages: [{ role: "user", content: "The weather in Paris?" }],
      response_format: zodResponseFormat(Weather, "weather"),
    });
    return { parsed: completion.choices[0].message.parsed };
  },
};
await report(Object.fromEntries(Object.entries(steps).filter(([name]) => task.steps.includes(name))));
