// Which addresses an answer may lead to. Anything else stays text: a model writes what it was made to write.

const SCHEMES = ["http:", "https:", "mailto:"];

/** The address of a link, or null. @param {string} written */
export function linkAddress(written) {
  const address = /^www\./i.test(written) ? `https://${written}` : /^[^\s:/?#@]+@[^\s:/?#@]+$/.test(written) ? `mailto:${written}` : written;
  const url = absolute(address);
  return url && SCHEMES.includes(url.protocol) ? url.href : null;
}

/** The address of a picture elsewhere, or null. @param {string} written */
export function pictureAddress(written) {
  const url = absolute(written);
  return url && url.protocol !== "mailto:" && SCHEMES.includes(url.protocol) ? url.href : null;
}

/** @param {string} address */
function absolute(address) {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
