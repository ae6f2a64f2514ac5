/** The sentences that the server gave for the scripts of the frame; {n} and {t} are filled in. */

let book: Record<string, string> | undefined;

export function say(key: string, n: string | number = "", t: string | number = ""): string {
  book ??= JSON.parse(document.getElementById("words")?.textContent ?? "{}") as Record<string, string>;
  return (book[key] ?? key).replace("{n}", String(n)).replace("{t}", String(t));
}

/** Numbers and hours as the page's language writes them. */
export const count = (n: number): string => n.toLocaleString(document.documentElement.lang);
export const hour = (): string =>
  new Date().toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

export const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? "";

/** An element with text and attributes. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...inside: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

/** Say it to a screen reader without showing it. */
export function announce(text: string): void {
  const live = document.getElementById("live");
  if (live) live.textContent = text;
}
