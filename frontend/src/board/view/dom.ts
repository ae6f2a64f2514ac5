/** Elements from script: text only as text, never as markup. */

type Child = Node | string | null | undefined | false;
type Props = {
  class?: string;
  text?: string;
  on?: Partial<{ [K in keyof HTMLElementEventMap]: (event: HTMLElementEventMap[K]) => void }>;
  data?: Record<string, string>;
} & Record<string, unknown>;

export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K, props: Props = {}, ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value as string;
    else if (name === "text") element.textContent = value as string;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "on") {
      for (const [type, listener] of Object.entries(value as object)) element.addEventListener(type, listener);
    } else element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child) element.append(child);
  return element;
}

let sprite = "";

export const useSprite = (address: string): void => {
  sprite = address;
};

export function icon(name: string, className = "icon"): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** An icon drawn in place: a reference into the sprite costs the browser a copy of its symbol. */
export function drawing(path: string): SVGSVGElement {
  const svg = icon("");
  const line = document.createElementNS(svg.namespaceURI!, "path");
  line.setAttribute("d", path);
  svg.replaceChildren(line);
  return svg;
}

// Each writes only what differs: a browser does the work for the same value again.

export const setText = (element: Element, text: string): void => {
  const only = element.firstChild;
  if (only instanceof Text && !only.nextSibling) {
    if (only.data !== text) only.data = text;
  } else if (element.textContent !== text) element.textContent = text;
};

export const setAttribute = (element: Element, name: string, value: string | null): void => {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
};

export const setHidden = (element: HTMLElement, hidden: boolean): void => {
  if (element.hidden !== hidden) element.hidden = hidden;
};

/** What may wait until the frame that is being made is on the screen. In a hidden tab it does not. */
export function afterPaint(call: () => void): void {
  if (document.hidden) setTimeout(call);
  else requestAnimationFrame(() => setTimeout(call));
}

/** Move an element, keeping focus and caret where the browser can. */
export function shift(parent: Element, child: Element, before: Element | null): void {
  if (child.parentElement === parent && child.nextElementSibling === before) return;
  const modern = parent as Element & { moveBefore?: (child: Node, before: Node | null) => void };
  if (child.isConnected && modern.moveBefore) modern.moveBefore(child, before);
  else parent.insertBefore(child, before);
}

/** Where one block is shown at a time. */
export const NARROW = "(max-width: 700px)";

export const isPhone = (): boolean => matchMedia(NARROW).matches;

export const isRightToLeft = (): boolean => document.documentElement.dir === "rtl";

export function download(name: string, content: BlobPart, type: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = h("a", { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
