// Entries that are seldom needed, folded away; one that is wrong unfolds them, so that it can be seen and mended.

import { el } from "./html.js";

export function fold(text, ...entries) {
  const made = el("details", { class: "fold" }, el("summary", {}, text), entries);
  made.addEventListener("invalid", () => { made.open = true; }, true);
  return made;
}

export function tick(id, text, { hint = "", checked = false } = {}) {
  return el("label", { class: "tick", for: id }, el("input", { type: "checkbox", id, checked }), el("span", {}, text, hint ? el("small", { class: "hint" }, hint) : ""));
}

export const ticked = (label) => label.querySelector("input").checked;
