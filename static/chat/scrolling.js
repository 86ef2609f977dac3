// @ts-check
// Keeps the end of a conversation in sight while one is at it, or a place that one was led to until one scrolls. Who scrolls up
// is reading, and is left alone.

import { signal } from "../core/signal.js";

const AT_END_PX = 32;
const NEAR_START_PX = 600;
const ABOVE = 0.2; // of the room, above a place that one was led to
const BY_HAND_MS = 600; // so long after a key or a finger, scrolling is somebody's own; else what is shown has become shorter
const HANDS = ["wheel", "touchmove", "keydown", "pointerdown"];

export class Scrolling {
  following = signal(true);
  /** @type {HTMLElement | null} */
  #room = null;
  #last = 0;
  #handAt = -Infinity;
  #observer = new ResizeObserver(() => this.#grown());

  /** What one was led to, where it is now. @type {(() => Element | Range) | null} */
  #place = null;

  /** @param {{older: () => Promise<void>, atEnd: () => boolean}} around brings what lies before the first thing shown; whether one begins at the end */
  constructor({ older, atEnd }) {
    this.older = older;
    this.atEnd = atEnd;
  }

  /** The element that scrolls, with one element in it. @param {Element | undefined} element */
  attach = (element) => {
    this.#observer.disconnect();
    this.#room = /** @type {HTMLElement | null} */ (element ?? null);
    this.#place = null;
    if (!this.#room) return;
    this.following.value = this.atEnd();
    this.#last = 0;
    this.#observer.observe(this.#room);
    for (const child of this.#room.children) this.#observer.observe(child);
    this.#room.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    for (const name of HANDS) this.#room.addEventListener(name, () => this.#touched(), { passive: true });
    this.#room.addEventListener("pointermove", (event) => { if (event.buttons) this.#touched(); }, { passive: true });
    this.#room.addEventListener("wheel", (event) => this.#wheeled(event), { passive: true });
  };

  toEnd() {
    this.#place = null;
    this.following.value = true;
    this.#grown();
  }

  /** Show this, and keep it where it is while things around it get their sizes. @param {() => Element | Range} place */
  lead(place) {
    this.following.value = false;
    this.#place = place;
    this.#grown();
  }

  #grown() {
    const room = this.#room;
    if (!room) return;
    if (this.#place) this.#keep(room, this.#place());
    else if (this.following.value) room.scrollTop = room.scrollHeight;
    else return;
    this.#last = room.scrollTop;
  }

  /** @param {HTMLElement} room @param {Element | Range} place */
  #keep(room, place) {
    room.scrollTop += place.getBoundingClientRect().top - room.getBoundingClientRect().top - ABOVE * room.clientHeight;
    this.following.value = this.#below(room) <= AT_END_PX;
  }

  #scrolled() {
    const room = /** @type {HTMLElement} */ (this.#room);
    if (Math.abs(room.scrollTop - this.#last) > room.clientHeight) this.#place = null; // so far only somebody goes
    if (this.#place) return;
    if (this.#below(room) <= AT_END_PX) this.following.value = true;
    else if (room.scrollTop < this.#last && this.#isMeant(this.#last - room.scrollTop, room)) this.following.value = false;
    if (room.scrollTop < this.#last && room.scrollTop < NEAR_START_PX) void this.#bring(room);
    this.#last = room.scrollTop;
  }

  /** By hand, or further than anything becomes shorter: a search in the page goes there without a hand. @param {number} px @param {HTMLElement} room */
  #isMeant(px, room) {
    return px > room.clientHeight || performance.now() - this.#handAt < BY_HAND_MS;
  }

  #touched() {
    this.#handAt = performance.now();
    this.#place = null;
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
