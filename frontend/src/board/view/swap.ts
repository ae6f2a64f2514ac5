/**
 * Forms of the panel, sent without leaving the board: what htmx does on other pages, in few lines.
 * The frame hears the same events, so tokens, errors, drafts and focus are as everywhere else.
 */

interface Context {
  request: { headers: Record<string, string> };
  sourceElement: Element;
  target: Element;
  response?: { status: number };
  text?: string;
  hx?: { redirect?: string };
  swap?: string;
}

const tell = (name: string, ctx: Context): void => {
  document.dispatchEvent(new CustomEvent(`htmx:${name}`, { detail: { ctx } }));
};

/** Elements of a fragment; scripts in it would not run. */
export const parsed = (html: string): ChildNode[] =>
  [...new DOMParser().parseFromString(html, "text/html").body.childNodes];

export function swapForms(region: HTMLElement): void {
  region.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    const source = form.matches("[hx-post]") ? form : event.submitter?.closest("[hx-post]");
    const address = source?.getAttribute("hx-post");
    const target = region.querySelector(source?.getAttribute("hx-target") ?? "#note-panel");
    if (!source || !address || !target || event.defaultPrevented) return;
    event.preventDefault();
    void send(form, source, address, target, event.submitter);
  });
}

async function send(form: HTMLFormElement, source: Element, address: string, target: Element, by: HTMLElement | null): Promise<void> {
  const ctx: Context = { request: { headers: { "HX-Request": "true" } }, sourceElement: source, target };
  const data = new FormData(form, by);
  // A form without a file travels as every form does.
  const body = form.querySelector("input[type=file]") ? data : new URLSearchParams([...data] as [string, string][]);
  tell("config:request", ctx);
  try {
    const answer = await fetch(address, { method: "POST", headers: ctx.request.headers, body, credentials: "same-origin" });
    ctx.response = { status: answer.status };
    ctx.text = await answer.text();
    const redirect = answer.headers.get("HX-Redirect");
    if (redirect) ctx.hx = { redirect };
    tell("after:request", ctx);
    if (redirect) location.assign(redirect);
    else if (ctx.swap !== "none" && target.isConnected) {
      target.replaceWith(...parsed(ctx.text));
      tell("after:swap", ctx);
    }
  } catch {
    tell("error", ctx);
  } finally {
    tell("finally:request", ctx);
  }
}
