// The named characters of HTML that answers use; any other name stays as it is written.

const NAMED = /** @type {Record<string, string>} */ ({
  amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0", ensp: "\u2002", emsp: "\u2003", thinsp: "\u2009", shy: "\u00ad",
  copy: "©", reg: "®", trade: "™", hellip: "…", mdash: "—", ndash: "–", lsquo: "‘", rsquo: "’", ldquo: "“", rdquo: "”",
  laquo: "«", raquo: "»", bull: "•", middot: "·", sect: "§", para: "¶", dagger: "†", deg: "°", plusmn: "±", times: "×",
  divide: "÷", minus: "−", frac12: "½", frac14: "¼", frac34: "¾", sup2: "²", sup3: "³", micro: "µ", le: "≤", ge: "≥", ne: "≠",
  asymp: "≈", equiv: "≡", infin: "∞", sum: "∑", prod: "∏", radic: "√", int: "∫", part: "∂", isin: "∈", forall: "∀", exist: "∃",
  empty: "∅", cap: "∩", cup: "∪", sub: "⊂", sup: "⊃", larr: "←", uarr: "↑", rarr: "→", darr: "↓", harr: "↔", rArr: "⇒",
  hArr: "⇔", alpha: "α", beta: "β", gamma: "γ", delta: "δ", epsilon: "ε", theta: "θ", lambda: "λ", mu: "μ", pi: "π",
  rho: "ρ", sigma: "σ", tau: "τ", phi: "φ", omega: "ω", Delta: "Δ", Sigma: "Σ", Omega: "Ω", euro: "€", pound: "£",
  yen: "¥", cent: "¢", check: "✓", hearts: "♥",
});

/** The character that `&name;` or `&#number;` stands for. @param {string} written @returns {string} */
export function decoded(written) {
  const name = written.slice(1, -1);
  if (name[0] !== "#") return Object.hasOwn(NAMED, name) ? NAMED[name] : written;
  const code = /^#x/i.test(name) ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10);
  const nothing = !code || code > 0x10ffff || (code >= 0xd800 && code < 0xe000);
  return nothing ? "\ufffd" : String.fromCodePoint(code);
}
