// @ts-check
// The doors, as /openapi.json and /asyncapi.json describe them. Nothing is loaded from elsewhere, and nothing is sent.
import { find, make } from "./core/elements.js";

/** @typedef {Record<string, any>} Json */

const METHODS = ["get", "post", "put", "patch", "delete"];
const doors = find("doors", HTMLElement);
const contents = find("contents", HTMLElement);

/** @param {string} path @returns {Promise<Json>} */
async function read(path) {
  const answer = await fetch(path);
  if (!answer.ok) throw new Error(`${path} was answered with status ${answer.status}`);
  return answer.json();
}

/** @param {unknown} value */
function code(value) {
  return make("pre", "", typeof value === "string" ? value : JSON.stringify(value, null, 2));
}

/** @param {string} title @param {...(Node | string)} children */
function section(title, ...children) {
  const heading = make("h2", "", title);
  heading.id = title.replaceAll(/\W+/g, "-");
  const link = make("a", "", title);
  link.href = `#${heading.id}`;
  contents.append(link);
  doors.append(heading, ...children);
}

/** @param {(Node | string)[]} summary @param {(Node | string)[]} children */
function door(summary, children) {
  return make("details", "door", make("summary", "", ...summary), make("div", "", ...children));
}

/** What a schema says in a line. @param {Json} schema @returns {string} */
function words(schema) {
  if (schema.$ref) return schema.$ref.split("/").pop();
  const union = schema.anyOf ?? schema.oneOf;
  if (union) return union.map(words).join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((/** @type {unknown} */ one) => JSON.stringify(one)).join(" or ");
  const bounds = ["minimum", "maximum", "minLength", "maxLength", "pattern"]
    .filter((name) => schema[name] !== undefined).map((name) => `${name} ${schema[name]}`);
  const kind = schema.type === "array" ? `array of ${words(schema.items ?? {})}` : [schema.type ?? "anything"].flat().join(" or ");
  return [kind, ...bounds].join(", ");
}

/** @param {string[]} head @param {(Node | string)[][]} rows */
function table(head, rows) {
  return make("table", "", make("thead", "", make("tr", "", ...head.map((one) => make("th", "", one)))),
    make("tbody", "", ...rows.map((row) => make("tr", "", ...row.map((one) => make("td", "", one))))));
}

/** The fields of an object. @param {Json} schema @param {Json} schemas @returns {HTMLElement} */
function fields(schema, schemas) {
  const known = schema.$ref ? schemas[schema.$ref.split("/").pop()] : schema;
  if (!known?.properties) return make("p", "soft", words(known ?? {}));
  const required = new Set(known.required ?? []);
  return table(["field", "is", ""], Object.entries(known.properties).map(([name, one]) => [
    make("code", "", name), make("span", "", words(one)),
    make("span", "soft", [required.has(name) ? "required" : "", one.description ?? ""].filter(Boolean).join(": ")),
  ]));
}

/** @param {Json} content @param {Json} schemas */
function contentOf(content, schemas) {
  return Object.entries(content).flatMap(([kind, one]) => {
    /** @type {[string, Json][]} */
    const examples = one.examples ? Object.entries(one.examples) : one.example === undefined ? [] : [["", { value: one.example }]];
    return [make("p", "soft", kind),
      ...examples.flatMap(([name, example]) => [...(name ? [make("p", "", name)] : []), code(example.value)]),
      ...(kind === "application/json" && one.schema ? [door(["fields"], [fields(one.schema, schemas)])] : [])];
  });
}

/** @param {string} path @param {string} method @param {Json} operation @param {Json} schemas */
function route(path, method, operation, schemas) {
  /** @type {(Node | string)[]} */
  const parts = [make("p", "", operation.description ?? "")];
  if (!operation.security) parts.push(make("p", "soft", "Asks nobody who they are."));
  if (operation.parameters?.length) {
    parts.push(make("h3", "", "Parameters"), table(["name", "in", "is", ""], operation.parameters.map((/** @type {Json} */ one) => [
      make("code", "", one.name), one.in, words(one.schema ?? {}), [one.required ? "required" : "", one.description ?? ""].filter(Boolean).join(": ")])));
  }
  if (operation.requestBody) parts.push(make("h3", "", "Body"), ...contentOf(operation.requestBody.content, schemas));
  parts.push(make("h3", "", "Answers"));
  for (const [status, answer] of Object.entries(operation.responses)) {
    const codes = answer["x-error-codes"];
    const told = codes ? codes.join(", ") : answer.description;
    const shown = codes ? [code(answer.description), ...(status === "503" || status === "429" ? [make("p", "soft", "May be tried again after `Retry-After` seconds, where the error says so.")] : [])]
      : contentOf(answer.content ?? {}, schemas);
    parts.push(door([make("span", "method", status), make("span", "soft", told)], shown));
  }
  const name = make("code", "", path);
  return door([make("span", "method", method.toUpperCase()), name, make("span", "soft", ` ${operation.summary ?? ""}`)], parts);
}

/** @param {Json} openapi */
function showRoutes(openapi) {
  find("about", HTMLElement).textContent = openapi.info.description;
  /** @type {Map<string, HTMLElement[]>} */
  const groups = new Map();
  for (const [path, operations] of Object.entries(openapi.paths)) {
    for (const method of METHODS.filter((one) => operations[one])) {
      const group = operations[method].tags?.[0] ?? "others";
      groups.set(group, [...(groups.get(group) ?? []), route(path, method, operations[method], openapi.components.schemas)]);
    }
  }
  for (const [name, routes] of groups) section(name, ...routes);
}

/** @param {Json} asyncapi */
function showMessages(asyncapi) {
  for (const operation of Object.values(asyncapi.operations)) {
    const names = operation.messages.map((/** @type {Json} */ one) => one.$ref.split("/").pop());
    section(`WebSocket: ${operation.summary}`, ...names.map((/** @type {string} */ name) => {
      const message = asyncapi.components.messages[name];
      return door([make("code", "", message.name), make("span", "soft", ` ${message.summary ?? ""}`)], [
        code(message.examples[0].payload), door(["fields"], [fields(message.payload, asyncapi.components.schemas)])]);
    }));
  }
}

try {
  const [openapi, asyncapi] = await Promise.all([read("/openapi.json"), read("/asyncapi.json")]);
  doors.replaceChildren();
  showRoutes(openapi);
  showMessages(asyncapi);
} catch (error) {
  doors.replaceChildren(make("p", "", `The documents could not be read: ${error instanceof Error ? error.message : error}`));
}
