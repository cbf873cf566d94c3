// Questions that must be answered before anything else: focus stays inside, Esc goes back.

import { button, el } from "./html.js";

// choices: [text, answer, {key, primary, kind}], or a button of one's own; resolves with the answer, null where it was left.
// careful: Enter goes back.
export function choose(title, text, choices, content = null, { careful = false } = {}) {
  return new Promise((resolve) => {
    let answered = null;
    const close = (answer) => { answered = answer; dialog.close(); };
    const back = button("Back", () => close(null), { key: "Esc", primary: careful });
    if (careful) back.dataset.first = "";
    const dialog = el("dialog", { "aria-labelledby": "dialog-title", onclose: () => { dialog.remove(); resolve(answered); } },
      el("h2", { id: "dialog-title" }, title), text ? el("p", {}, text) : "", content ? content(close) : "",
      el("div", { class: "buttons" }, choices.map((one) => { if (one instanceof Node) return one; const [label, answer, more] = one; return button(label, () => close(answer), more); }), back));
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector("[data-first]") ?? dialog.querySelector("button"))?.focus();
  });
}

export function confirm(title, text, yes, { careful = false } = {}) {
  return choose(title, text, [[yes, true, { key: "Y", primary: !careful }]], null, { careful });
}

// Ask for a line of text; suggestions: numbered, one key each.
export function askText(title, label, { suggestions = [], yes = "Save", name = "own-text" } = {}) {
  return choose(title, "", [], (close) => {
    const field = el("input", { id: name, maxlength: 200, autocomplete: "off", "data-first": suggestions.length === 0 });
    const send = (event) => { event.preventDefault(); if (field.value.trim()) close(field.value.trim()); };
    return [
      suggestions.length ? el("div", { class: "reasons" }, suggestions.map((one, k) => button(one, () => close(one), { key: String(k + 1) }))) : "",
      el("form", { onsubmit: send, class: "line" }, el("label", { for: name }, label), el("div", { class: "together" }, field, el("button", { class: suggestions.length ? null : "primary" }, yes))),
    ];
  });
}
