// @ts-check
// The page's other tabs in this browser: each tells the others which conversation it has changed.

const CHANNEL = "parley.turns";

export class Tabs {
  /** @param {(conversationId: string) => void} heard */
  constructor(heard) {
    this.channel = new BroadcastChannel(CHANNEL);
    this.channel.onmessage = ({ data }) => {
      if (typeof data?.changed === "string") heard(data.changed);
    };
  }

  /** @param {string} conversationId */
  tell(conversationId) {
    this.channel.postMessage({ changed: conversationId });
  }
}
