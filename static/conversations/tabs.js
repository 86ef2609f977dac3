// @ts-check
// What one tab tells the others of the same user: that a conversation is another now, hidden, shown again, or gone;
// or that all are archived, or gone.

/** @typedef {"changed" | "hidden" | "shown" | "gone" | "archived" | "emptied"} News */

export class Tabs {
  #channel = new BroadcastChannel("parley.list");

  /**
   * @param {() => string} user whose news count
   * @param {(news: News, id: string) => void} heard
   */
  constructor(user, heard) {
    this.user = user;
    this.#channel.onmessage = ({ data }) => {
      if (data.user && data.user === user()) heard(data.news, data.id);
    };
  }

  /**
   * @param {News} news
   * @param {string} [id] of which; left out: of all
   */
  tell(news, id = "") {
    this.#channel.postMessage({ user: this.user(), news, id });
  }
}
