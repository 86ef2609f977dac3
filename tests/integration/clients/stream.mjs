// What the tests have the JavaScript client do: on its input `{"urls": […], "inputs": […], …}`, on its output a JSON line for
// each text as it comes, and at the end what each stream was.
import { text } from "node:stream/consumers";

import { Client } from "../../../clients/js/src/index.js";

const { urls, inputs, options = {}, settings = {}, stopAfter = null } = JSON.parse(await text(process.stdin));
const client = new Client(urls, { options, ...settings });

async function read(input, index) {
  const stream = client.stream(input);
  let said = "";
  try {
    for await (const more of stream) {
      said += more;
      console.log(JSON.stringify({ index, more }));
      if (said.length > stopAfter && stopAfter !== null) stream.stop();
    }
  } catch (error) {
    return { said, error: error.name, code: error.code, param: error.param };
  }
  return { said, id: stream.id, status: stream.response.status, usage: stream.usage };
}

const results = await Promise.all(inputs.map(read));
client.close();
console.log(JSON.stringify({ results }));
process.exit(); // Node's own WebSocket waits for ever for a dead peer's goodbye, and cannot be told not to
