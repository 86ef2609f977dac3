// @ts-check
// Turning the pages of a list; nothing where there is but one.

import { html, nothing } from "../core/dom.js";
import { number, words } from "../core/words.js";
import { icon } from "../ui/icons.js";

/** @param {import("./paged.js").Paged<any>} paged */
export function pagesView(paged) {
  const text = words().admin.pages;
  const page = paged.before.value.length + 1;
  const more = paged.reading.value.value?.has_more ?? false;
  if (page === 1 && !more) return nothing;
  return html`
    <nav class="row admin-pages" aria-label=${text.title}>
      <button type="button" class="quiet" aria-disabled=${String(page === 1)} @click=${() => paged.previous()}>${icon("back")}${text.previous}</button>
      <span class="soft" role="status">${text.page(number(page))}</span>
      <button type="button" class="quiet" aria-disabled=${String(!more)} @click=${() => more && paged.next()}>${text.next}${icon("forward")}</button>
    </nav>`;
}
