// Vercel's AI SDK with its OpenAI provider, over Responses and over Chat Completions: text, tools, objects.
import { createOpenAI } from "@ai-sdk/openai";
import { generateObject, generateText, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

import { report, task } from "./talk.mjs";

globalThis.AI_SDK_LOG_WARNINGS = false; // of settings that one door has and the other not: they would go to the standard output
const { url, prompt } = task;
const openai = createOpenAI({ baseURL: `${url}/v1`, apiKey: "ai-user" });
const model = task.door === "chat" ? openai.chat(task.model) : openai.responses(task.model);
const always = { model, maxRetries: 0 };
const Weather = z.object({ city: z.string(), degrees: z.number() });

function weather(called) {
  return tool({
    description: "The weather somewhere",
    inputSchema: z.object({ city: z.string() }),
    execute: async (given) => (called.push(given), "rain"),
  });
}

const steps = {
  async text() {
    const { text, finishReason, usage } = await generateText({ ...always, prompt, temperature: 0.5, seed: 1 });
    return { text, finishReason, tokens: usage.outputTokens };
  },
  async stream() {
    const result = streamText({ ...always, prompt, onError: ({ error }) => { throw error; } });
    let text = "";
    for await (const piece of result.textStream) text += piece;
    return { text, finishReason: await result.finishReason, tokens: (await result.usage).outputTokens };
  },
  async error() {
    return await generateText({ ...always, model: task.door === "chat" ? openai.chat("none") : openai("none"), prompt });
  },
  async tools() {
    const called = [];
    const { text, steps } = await generateText({
      ...always, prompt: "What is the weather in Paris?", tools: { weather: weather(called) }, stopWhen: stepCountIs(3) });
    return { called, text, reasons: steps.map((step) => step.finishReason) };
  },
  async toolStream() {
    const called = [];
    const result = streamText({
      ...always, prompt: "What is the weather in Paris?", tools: { weather: weather(called) }, stopWhen: stepCountIs(3) });
    const parts = [];
    for await (const part of result.fullStream) parts.push(part.type);
    return { called, text: await result.text, parts };
  },
  async object() {
    const { object } = await generateObject({ ...always, schema: Weather, prompt: "The weather in Paris?" });
    return { object };
  },
};
await report(Object.fromEntries(Object.entries(steps).filter(([name]) => task.steps.includes(name))));
