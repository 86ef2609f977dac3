// What the scripts of this folder share: their task comes as JSON on the standard input, what they found goes out as JSON.
import { text } from "node:stream/consumers";

export const task = JSON.parse(await text(process.stdin));

// Prints what each of these functions gives, by name; of one that throws, what the error says of itself.
export async function report(steps) {
  const found = {};
  for (const [name, step] of Object.entries(steps)) {
    try {
      found[name] = await step();
    } catch (error) {
      found[name] = { error: error.name, status: error.status ?? error.statusCode, code: error.code, message: error.message };
    }
  }
  console.log(JSON.stringify(found));
  process.exit();
}
