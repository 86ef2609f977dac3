// @ts-check
// Copying text. Pages that came over plain HTTP from another machine have no clipboard, and copy what is selected.

/**
 * @param {string} text
 * @returns {Promise<boolean>} whether it is copied
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelected(text);
  }
}

/** @param {string} text */
function copySelected(text) {
  const before = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.readOnly = true;
  field.className = "unseen";
  field.style.whiteSpace = "pre"; // what is unseen has its spaces drawn together, and so they would be copied
  (document.querySelector("dialog[open]") ?? document.body).append(field); // behind a dialog nothing can be selected
  field.select();
  const copied = document.execCommand("copy");
  field.remove();
  if (before instanceof HTMLElement) before.focus();
  return copied;
}
