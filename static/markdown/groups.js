// Where the blocks of an answer stand. The first ones stand in the answer itself; of a long one, the others stand in groups, each
// of which the browser leaves out as one while it is out of sight: at what stands in the answer it looks for each picture.

const MOST_BLOCKS = 32;
const MOST_LINES = 120; // so that those groups that are in sight are never much

export class Groups {
  /** What has settled in those places that are not closed. @type {Map<Element | null, {blocks: number, lines: number}>} */
  #places = new Map();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    /** What new blocks are appended to. */
    this.last = root;
    this.#places.set(root, { blocks: 0, lines: 0 });
  }

  /**
   * This block changes no more, and is about so high.
   * @param {HTMLElement} block @param {number} lines
   */
  settled(block, lines) {
    const place = block.parentElement;
    const inside = this.#places.get(place);
    if (!inside) return;
    inside.blocks += 1;
    inside.lines += lines;
    if (place === this.root) leaveOut(block, lines);
    const bound = /^H[1-6R]$/.test(block.tagName); // it stands closer to what comes next
    const full = inside.blocks >= MOST_BLOCKS || (place !== this.root && inside.lines >= MOST_LINES);
    if (place === this.last && full && !bound) this.#begin();
    this.#close(place);
  }

  /** Nothing comes any more. */
  end() {
    const { last } = this;
    this.last = this.root;
    if (last !== this.root && !last.firstChild) last.remove();
    else this.#close(last);
  }

  #begin() {
    this.last = document.createElement("div");
    this.last.className = "md-group";
    this.root.append(this.last);
    this.#places.set(this.last, { blocks: 0, lines: 0 });
  }

  /** A group to which nothing is appended is left out as one, when all in it has settled. @param {Element | null} place */
  #close(place) {
    const inside = this.#places.get(place);
    if (!inside || !(place instanceof HTMLElement) || place === this.root || place === this.last) return;
    if (inside.blocks < place.childElementCount) return;
    leaveOut(place, inside.lines + inside.blocks);
    this.#places.delete(place);
  }
}

/** While it is out of sight the browser may leave it out, and reckon with about its height. @param {HTMLElement} element @param {number} lines */
function leaveOut(element, lines) {
  element.classList.add("md-settled");
  element.style.setProperty("contain-intrinsic-block-size", `auto ${Math.ceil(lines) + 1}lh`);
}
