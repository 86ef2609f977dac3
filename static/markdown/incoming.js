// What has come and was not read yet, in pieces of a bounded length that part no character and no line's end.

const PIECE = 2048; // characters

export class Incoming {
  text = "";
  ended = false;
  #read = 0; // so much of the text

  /** @param {string} text */
  write(text) {
    this.text += text;
  }

  /** Whether all has come and been read. */
  get over() {
    return this.ended && !this.more;
  }

  get more() {
    return this.#read < this.text.length;
  }

  /** The next piece to read, with lines that end as Unix ends them; empty where there is none so far. */
  next() {
    const from = this.#read;
    const rest = this.text.length - from;
    const whole = this.text.slice(from, from + PIECE);
    const lines = rest > PIECE ? whole.lastIndexOf("\n") + 1 : 0;
    const piece = whole.slice(0, lines || whole.length - (this.#parted(from + whole.length) ? 1 : 0));
    this.#read += piece.length;
    return piece.replace(/\r\n?/g, "\n");
  }

  /** Whether the character before this place, and the next one, belong together. @param {number} at */
  #parted(at) {
    return (at < this.text.length || !this.ended) && /[\ud800-\udbff\r]/.test(this.text[at - 1] ?? "");
  }
}
