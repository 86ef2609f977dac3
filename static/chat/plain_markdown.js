// @ts-check
// Stands in for the Markdown of answers: shows them as they are written.

export class MarkdownStream {
  /**
   * @param {HTMLElement} root
   * @param {object} options
   */
  constructor(root, options) {
    void options;
    this.text = document.createTextNode("");
    root.replaceChildren(this.text);
  }

  /** @param {string} text */
  write(text) {
    this.text.appendData(text);
  }

  end() {}
}

/**
 * @param {HTMLElement} root
 * @param {string} text
 * @param {object} options
 */
export function renderMarkdown(root, text, options) {
  void options;
  root.textContent = text;
}
