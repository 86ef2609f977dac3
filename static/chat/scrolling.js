// @ts-check
// Keeps the end of a conversation in sight while one is at it. Who scrolls up is reading, and is left alone.

import { signal } from "../core/signal.js";

const AT_END_PX = 32;
const NEAR_START_PX = 600;

export class Scrolling {
  following = signal(true);
  /** @type {HTMLElement | null} */
  #room = null;
  #last = 0;
  #observer = new ResizeObserver(() => this.#grown());

  /** @param {() => Promise<void>} older brings what lies before the first thing shown */
  constructor(older) {
    this.older = older;
  }

  /** The element that scrolls, with one element in it. @param {Element | undefined} element */
  attach = (element) => {
    this.#observer.disconnect();
    this.#room = /** @type {HTMLElement | null} */ (element ?? null);
    if (!this.#room) return;
    this.#observer.observe(this.#room);
    for (const child of this.#room.children) this.#observer.observe(child);
    this.#room.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.#room.addEventListener("wheel", (event) => this.#wheeled(event), { passive: true });
  };

  toEnd() {
    this.following.value = true;
    this.#grown();
  }

  #grown() {
    if (!this.#room || !this.following.value) return;
    this.#room.scrollTop = this.#room.scrollHeight;
    this.#last = this.#room.scrollTop;
  }

  #scrolled() {
    const room = /** @type {HTMLElement} */ (this.#room);
    if (this.#below(room) <= AT_END_PX) this.following.value = true;
    else if (room.scrollTop < this.#last) this.following.value = false;
    if (room.scrollTop < this.#last && room.scrollTop < NEAR_START_PX) void this.#bring(room);
    this.#last = room.scrollTop;
  }

  /** At once, before the next token scrolls down again. @param {WheelEvent} event */
  #wheeled({ deltaY }) {
    if (deltaY < 0 && this.#room && this.#room.scrollTop > 0) this.following.value = false;
  }

  /** What one reads stays where it is. @param {HTMLElement} room */
  async #bring(room) {
    const below = room.scrollHeight - room.scrollTop;
    await this.older();
    if (!this.following.value) room.scrollTop = room.scrollHeight - below;
  }

  /** @param {HTMLElement} room */
  #below(room) {
    return room.scrollHeight - room.scrollTop - room.clientHeight;
  }
}
