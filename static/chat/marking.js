// @ts-check
// Marks words in what is shown, without a change to it: where they begin a word, as the search has found them.

const NAME = "found"; // as the styles have it
const TEXTS = ".question-text, .answer-text"; // what people read of a message, and not the names of its buttons
const BLOCKS = "p, li, td, th, pre, h1, h2, h3, h4, h5, h6, blockquote";
const MOST = 500; // more than that nobody looks for, and it takes the browser its time

/** @typedef {{range: Range, word: string}} Place */

/** @param {Element} root @param {string} find @returns {Place[]} in their order */
export function placesOf(root, find) {
  const wanted = folded(find).match(/[\p{L}\p{N}]+/gu) ?? [];
  if (!wanted.length) return [];
  const beginning = new RegExp(`(?<![\\p{L}\\p{N}])(?:${wanted.sort((one, other) => other.length - one.length).join("|")})`, "giu");
  const places = [];
  for (const node of textsIn(root)) {
    for (const found of folded(node.data).matchAll(beginning)) {
      const range = new Range();
      range.setStart(node, found.index);
      range.setEnd(node, found.index + found[0].length);
      places.push({ range, word: found[0].toLowerCase() });
      if (places.length === MOST) return places;
    }
  }
  return places;
}

/** Where most of what was searched stands together: long words say more than short ones. @param {Place[]} places @returns {Range | null} */
export function bestOf(places) {
  /** @type {Map<Element | null | undefined, {range: Range, words: Set<string>}>} */
  const blocks = new Map();
  for (const { range, word } of places) {
    const block = range.startContainer.parentElement?.closest(BLOCKS);
    const known = blocks.get(block) ?? { range, words: new Set() };
    blocks.set(block, known);
    known.words.add(word);
  }
  const weight = (/** @type {{words: Set<string>}} */ { words }) => [...words].join("").length;
  const [best] = [...blocks.values()].sort((one, other) => weight(other) - weight(one)); // of those alike the first
  return best?.range ?? null;
}

/** These and no others. A browser that knows no highlights shows the text as it is. @param {Place[]} places */
export function markAll(places) {
  if (!("highlights" in CSS)) return;
  if (places.length) CSS.highlights.set(NAME, new Highlight(...places.map(({ range }) => range)));
  else CSS.highlights.delete(NAME);
}

/** @param {Element} root @returns {Iterable<Text>} */
function* textsIn(root) {
  for (const text of root.querySelectorAll(TEXTS)) {
    const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) yield /** @type {Text} */ (walker.currentNode);
  }
}

/** Without accents, each character where it was. @param {string} text */
const folded = (text) => text.replace(/[^\0-\x7f]/gu, (character) => {
  const bare = character.normalize("NFD").replace(/\p{M}/gu, "");
  return bare.length === character.length ? bare : character;
});
