// Formulas, set by KaTeX in a worker: it sends back a tree, and elements are made of that here. No string of HTML is involved,
// and no attribute `style`, which the content security policy would refuse: styles are set one by one.

/**
 * A piece of a formula: text, or an element.
 * @typedef {string | ElementPiece} Piece
 * @typedef {{tag: string, attributes: Record<string, string>, styles: Record<string, string>, children: Piece[]}} ElementPiece
 *
 * What a formula has become: its pieces, or why it has none.
 * @typedef {{pieces: Piece[] | null, problem: string}} Outcome
 * @typedef {(set: DocumentFragment | null, problem: string) => void} Told
 */

const REMEMBERED = 500;
const LONGEST = 8000; // characters of a formula that is set; nobody writes such by hand
const NAMESPACES = {
  svg: "http://www.w3.org/2000/svg",
  math: "http://www.w3.org/1998/Math/MathML",
};
const TAGS = /** @type {Record<string, string | null>} */ (Object.fromEntries([
  ["span", null],
  ...["svg", "path", "line"].map((tag) => [tag, NAMESPACES.svg]),
  ...["math", "semantics", "annotation", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom", "mroot", "mrow",
    "mspace", "msqrt", "mstyle", "msub", "msup", "msubsup", "mtable", "mtd", "mtext", "mtr", "munder", "munderover",
  ].map((tag) => [tag, NAMESPACES.math]),
]));
const ATTRIBUTES = new Set(["class", "aria-hidden", "xmlns", "encoding", "accent", "accentunder", "columnalign", "columnlines",
  "columnspacing", "d", "depth", "display", "displaystyle", "fence", "height", "largeop", "linebreak", "linethickness", "lspace",
  "mathbackground", "mathcolor", "mathsize", "mathvariant", "maxsize", "minsize", "notation", "preserveAspectRatio", "rowlines",
  "rowspacing", "rspace", "scriptlevel", "separator", "stretchy", "stroke-width", "valign", "viewBox", "voffset", "width", "x1", "x2",
  "y1", "y2"]);

/** @type {Map<string, Outcome>} */
const known = new Map();
/** @type {Map<string, Told[]>} */
const asked = new Map();
/** @type {Worker | undefined} */
let worker;
/** @type {Promise<unknown> | undefined} */
let styled;

/**
 * Set a formula; tells at once where it is known, as after a reload of an answer.
 * @param {string} source @param {boolean} display @param {Told} told
 */
export function typeset(source, display, told) {
  if (source.length > LONGEST) return told(null, "");
  const key = (display ? "d" : "i") + source;
  const outcome = known.get(key);
  if (outcome) return tell(outcome, told);
  const waiting = asked.get(key);
  asked.set(key, [...(waiting ?? []), told]);
  if (!waiting) started().postMessage({ key, source, display });
}

function started() {
  styled ??= loadStyles();
  if (!worker) {
    worker = new Worker(new URL("./typesetting_worker.js", import.meta.url), { type: "module" });
    worker.addEventListener("message", ({ data }) => void styled?.then(() => received(data)));
  }
  return worker;
}

/** KaTeX's styles, once a formula needs them; without them each would be seen twice. */
function loadStyles() {
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = new URL("../vendor/katex/katex.min.css", import.meta.url).href;
  return new Promise((resolve) => {
    link.addEventListener("load", resolve, { once: true });
    link.addEventListener("error", () => undefined, { once: true }); // then formulas stay as their sources
    document.head.append(link);
  });
}

/** @param {{key: string} & Outcome} outcome */
function received({ key, ...outcome }) {
  known.set(key, outcome);
  for (const old of known.keys()) {
    if (known.size <= REMEMBERED) break;
    known.delete(old);
  }
  for (const told of asked.get(key) ?? []) tell(outcome, told);
  asked.delete(key);
}

/** @param {Outcome} outcome @param {Told} told */
function tell({ pieces, problem }, told) {
  if (!pieces) return told(null, problem);
  const fragment = document.createDocumentFragment();
  fragment.append(...pieces.map(made));
  told(fragment, "");
}

/** @param {Piece} piece @returns {Node} */
function made(piece) {
  if (typeof piece === "string") return document.createTextNode(piece);
  const { tag, attributes, styles, children } = piece;
  if (!Object.hasOwn(TAGS, tag)) return document.createTextNode("");
  const namespace = TAGS[tag];
  const element = /** @type {HTMLElement} */ (namespace ? document.createElementNS(namespace, tag) : document.createElement(tag));
  for (const [name, value] of Object.entries(attributes)) if (ATTRIBUTES.has(name)) element.setAttribute(name, value);
  for (const [name, value] of Object.entries(styles)) element.style.setProperty(name, value);
  element.append(...children.map(made));
  return element;
}
