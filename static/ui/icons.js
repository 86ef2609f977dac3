// @ts-check
// Line icons, 24 by 24, drawn for this page. They say nothing to a screen reader: the button around them does.

import { svg } from "../core/dom.js";

const paths = {
  add: svg`<path d="M12 5v14M5 12h14"/>`,
  archive: svg`<path d="M4 8h16v11H4zM3 4h18v4H3zM10 12h4"/>`,
  back: svg`<path d="m14 6-6 6 6 6"/>`,
  chat: svg`<path d="M4 5h16v11h-9l-5 4v-4H4z"/>`,
  check: svg`<path d="m5 13 4 4L19 7"/>`,
  close: svg`<path d="m6 6 12 12M18 6 6 18"/>`,
  copy: svg`<path d="M9 9h11v11H9zM5 15H4V4h11v1"/>`,
  down: svg`<path d="m6 9 6 6 6-6"/>`,
  edit: svg`<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4"/>`,
  eye: svg`<path d="M2.500 12c2-4 5.500-6 9.500-6s7.500 2 9.500 6c-2 4-5.500 6-9.500 6s-7.500-2-9.500-6zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z"/>`,
  forward: svg`<path d="m10 6 6 6-6 6"/>`,
  gauge: svg`<path d="M4 18a9 9 0 1 1 16 0M12 14l4-5"/>`,
  key: svg`<path d="M8 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 12h9M17.500 12v3.500M20.500 12v2.500"/>`,
  keyboard: svg`<path d="M3 6h18v12H3zM7 10h.01M10.500 10h.01M14 10h.01M17 10h.01M7 14h.01M10 14h4M17 14h.01"/>`,
  leave: svg`<path d="M14 4h5v16h-5M10 8l-4 4 4 4M6 12h9"/>`,
  link: svg`<path d="M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.700-5.700l-1.500 1.500M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.700 5.700l1.500-1.500"/>`,
  mail: svg`<path d="M3 6h18v13H3zM3 7l9 7 9-7"/>`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h16"/>`,
  moon: svg`<path d="M20 14.500A8.500 8.500 0 1 1 9.500 4a7 7 0 0 0 10.500 10.500z"/>`,
  more: svg`<path d="M5.500 12h.01M12 12h.01M18.500 12h.01" stroke-width="2.75"/>`,
  picture: svg`<path d="M4 5h16v14H4zM4 16l5-5 4 4 2-2 5 5M15.500 9.500h.01"/>`,
  pin: svg`<path d="M9 4h6l-1 6 4 4H6l4-4zM12 14v6"/>`,
  play: svg`<path d="M8 5v14l11-7z"/>`,
  quote: svg`<path d="M6 17h4V9H5v5h3M15 17h4V9h-5v5h3"/>`,
  redo: svg`<path d="M19 5v5h-5M19 10a7.5 7.5 0 1 0 .5 5"/>`,
  screen: svg`<path d="M3 5h18v11H3zM9 20h6M12 16v4"/>`,
  search: svg`<path d="M16 16l4 4M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13z"/>`,
  send: svg`<path d="M12 19V5M6 11l6-6 6 6"/>`,
  settings: svg`<path d="M4 7h9M17 7h3M4 17h3M11 17h9M15 5v4M9 15v4"/>`,
  share: svg`<path d="M12 15V4M8 8l4-4 4 4M5 13v7h14v-7"/>`,
  sidebar: svg`<path d="M4 5h16v14H4zM9 5v14"/>`,
  stop: svg`<path d="M8 8h8v8H8z" fill="currentColor"/>`,
  sun: svg`<path d="M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.500v2M12 19.500v2M2.500 12h2M19.500 12h2M5.300 5.300l1.400 1.400M17.300 17.300l1.400 1.400M18.700 5.300l-1.400 1.400M6.700 17.300l-1.400 1.400"/>`,
  take: svg`<path d="M12 4v11M8 11l4 4 4-4M5 17v3h14v-3"/>`,
  tool: svg`<path d="M20.500 7.500a5 5 0 0 1-6.800 5.600L7.500 19.300a2 2 0 0 1-2.800-2.800l6.200-6.200A5 5 0 0 1 16.500 3.500l-3 3 1 3 3 1z"/>`,
  trash: svg`<path d="M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13M10 11v5M14 11v5"/>`,
  user: svg`<path d="M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 20c1-4 4-5.500 8-5.500s7 1.500 8 5.500"/>`,
  users: svg`<path d="M9 11a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM2.500 19c.7-3.500 3-5 6.500-5s5.800 1.500 6.500 5M16 4.500a3.500 3.500 0 0 1 0 6.500M18 14c2 .7 3.200 2.300 3.500 5"/>`,
};

/** @typedef {keyof typeof paths} IconName */

/** @param {IconName} name */
export const icon = (name) => svg`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${paths[name]}</svg>`;
