/** "/" and Ctrl K go to the search. Single letters can be switched off in the account. */

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    const typing = (event.target as Element).closest?.("input, textarea, select, [contenteditable]");
    const slash = event.key === "/" && !typing && document.body.dataset["keys"] !== "off";
    const palette = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey;
    const search = document.querySelector<HTMLInputElement>("#search");
    if (!search?.checkVisibility() || !(slash || palette)) return;
    event.preventDefault();
    search.focus();
    search.select();
  });
}
