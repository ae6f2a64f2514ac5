/**
 * The signs of the statuses as one picture that lies behind the words. Hundreds of drawings in the page
 * would cost more than the notes: each is three elements and layers of its own. A picture cannot ask the
 * page for a colour, so it is made from the colours of the theme, and again when they change.
 */
import { STATUSES, type Status } from "../model/notes.ts";

const PATHS: Record<Status, string> = {
  untested: "M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM9.09 9a3 3 0 0 1 5.83 1c0 2-3 3-3 3M12 17h.01",
  testing: "M14 2v6a2 2 0 0 0 .245.96l5.51 10.08A2 2 0 0 1 18 22H6a2 2 0 0 1-1.755-2.96l5.51-10.08A2 2 0 0 0 10 8V2M6.453 15h11.094M8.5 2h7",
  supported: "M20 6 9 17l-5-5",
  refuted: "M18 6 6 18M6 6l12 12",
  parked: "M14 4a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1h-3a1 1 0 0 1-1-1ZM5 4a1 1 0 0 1 1-1h3a1 1 0 0 1 1 1v16a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1Z",
};

const CHANGES = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "print"];

/** One below the other, with as much room between them as they are high (`--row` in the styles). */
function picture(colourOf: (status: Status) => string): string {
  const signs = STATUSES.map((status, i) => `<path stroke="${colourOf(status)}" transform="translate(0 ${48 * i})" d="${PATHS[status]}"/>`);
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 ${48 * STATUSES.length - 24}" fill="none" stroke-width="1.75"` +
    ` stroke-linecap="round" stroke-linejoin="round">${signs.join("")}</svg>`;
  return `url("data:image/svg+xml,${encodeURIComponent(svg)}")`;
}

/** Draw the signs in the colours of the page, and keep them so. */
export function drawMarks(page: Document): void {
  const sheet = new CSSStyleSheet();
  const forced = matchMedia("(forced-colors: active)");
  const draw = (): void => {
    const colours = getComputedStyle(page.documentElement);
    const of = (status: Status): string => forced.matches ? colours.color : colours.getPropertyValue(`--${status}-mark`).trim();
    sheet.replaceSync(`.note-status,.dock-sign{background-image:${picture(of)}}`);
  };
  draw();
  page.adoptedStyleSheets.push(sheet);
  for (const change of CHANGES) matchMedia(change).addEventListener("change", draw);
}
