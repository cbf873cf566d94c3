// What is done, how often, from which height, under which conditions; as it was done last.

import { button, el, icon, redrawn } from "../html.js";
import { fold, tick, ticked } from "../fold.js";
import { choice, field } from "./participant.js";

const ORDERS = [["given", "one condition after the other"], ["alternating", "in turn"], ["random", "at random, all of them in every round"]];

export function protocolStep(main, { act, page }) {
  const { protocols, participant, participants } = page.state;
  const last = participants.find((one) => one.id === participant)?.last ?? page.state.last;
  const known = protocols.some((one) => one.name === last?.protocol) ? last : null;
  const draw = redrawn();
  let name = known?.protocol ?? protocols[0].name, own = false;
  const list = el("div", { class: "protocols", role: "radiogroup", "aria-label": "Protocol" }), about = el("div", { "aria-live": "polite" });
  const trials = el("input", { id: "n_trials", type: "number", min: 1, max: 100, required: true, inputmode: "numeric" });
  const box = el("input", { id: "box_height_cm", inputmode: "decimal", pattern: "[0-9]+([.,][0-9]+)?", title: "Centimetres, such as 30", autocomplete: "off" });
  const conditions = el("input", { id: "conditions", autocomplete: "off", oninput: () => { own = true; } }), order = choice("order", ORDERS);
  const operator = el("input", { id: "operator", maxlength: 40, autocomplete: "off", value: known?.operator ?? page.state.last?.operator ?? "" }), note = el("input", { id: "note", maxlength: 200, autocomplete: "off" });
  const alone = tick("accept_clean", "Accept trials without asking", { hint: "A trial with a STOP still asks, and the last one can be undone until the next begins." });
  const lsl = tick("lsl", "Send samples and markers to the Lab Streaming Layer", { hint: "Waits up to 30 s at the start for somebody who records them." });
  const longest = el("input", { id: "max_duration_s", type: "number", min: 1, max: 600, value: 120, inputmode: "numeric" });
  const boxField = field("Box height, cm", box), trialsField = field("Trials", trials), orderField = field("Their order", order);
  const chosen = () => protocols.find((one) => one.name === name);
  const number = (input) => { const text = input.value.trim().replace(",", "."); return text === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text; };

  function pick(wanted) {
    name = wanted;
    const one = chosen(), again = known?.protocol === name ? known : null;
    own = false;
    trials.value = again?.n_trials ?? one.n_trials;
    const height_m = again?.box_height_m ?? one.box_height_m;
    box.value = height_m === null || height_m === undefined ? "" : Math.round(1000 * height_m) / 10;
    const named = again?.conditions?.length ? again.conditions : one.conditions;
    conditions.value = named.map(words).join(", ");
    order.value = again?.order ?? one.order;
    told();
  }

  function told() {
    const one = chosen(), height = one.start === "box";
    boxField.hidden = !height;
    orderField.hidden = !conditions.value.trim();
    trialsField.querySelector("label").textContent = conditions.value.trim() ? "Trials of each condition" : "Trials";
    draw(about, { name, height }, () => [el("p", { class: "big" }, one.title), el("p", { class: "hint" }, `${height ? "Steps off a box" : "Jumps from the plates"}, ${one.leg === "both" ? "both feet" : `${one.leg} foot alone`}.`), one.caution ? el("p", { class: "finding" }, icon("note"), el("span", {}, `${one.caution[0].toUpperCase()}${one.caution.slice(1)}.`)) : ""]);
  }

  function start() {
    if (!form.reportValidity()) return;
    const height_cm = boxField.hidden ? null : number(box), listed = conditions.value.trim();
    act("session/start", {
      protocol: name, n_trials: number(trials), box_height_m: typeof height_cm === "number" ? height_cm / 100 : height_cm, conditions: listed,
      order: listed ? order.value : "", operator: operator.value, note: note.value,
      accept_clean: ticked(alone), max_duration_s: number(longest), lsl: ticked(lsl),
    });
  }

  list.append(...paired(protocols).map((one) => el("label", { class: `protocol ${one.leg}` }, el("input", { type: "radio", name: "protocol", value: one.name, checked: one.name === name, "data-first": one.name === name, onchange: () => pick(one.name) }), el("span", {}, one.title, one.conditions.length ? el("small", {}, one.conditions.map(words).join(", ")) : ""))));
  const form = el("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); start(); } },
    about, el("div", { class: "together" }, trialsField, boxField), field("Conditions (with commas; empty: none)", conditions), orderField, el("div", { class: "together" }, field("Your initials", operator), field("Note", note)),
    fold("More", alone, field("Longest wait for a jump, s", longest), lsl),
    el("button", { class: "unseen", tabindex: -1, "aria-hidden": "true" }, "Start"));
  conditions.addEventListener("input", told);
  main.append(el("h2", {}, `Protocol for ${participant}`), el("div", { class: "columns wide-left" }, el("section", { class: "panel" }, list), form),
    el("div", { class: "buttons bar" }, button("Start the session", start, { primary: true }), button("Back", () => act("step", { step: "participant" }), { kind: "aside" })));
  pick(name);
  return { keys: {} };
}

// Left and right of one task side by side: those of both feet first, then each pair in a row of its own.
function paired(all) {
  const twin = (one) => (one.leg === "left" ? all.find((other) => other.leg === "right" && other.name === one.name.replace("left", "right")) : null);
  const lefts = all.filter(twin), rows = lefts.flatMap((one) => [one, twin(one)]);
  return [...all.filter((one) => !rows.includes(one)), ...rows];
}

export const words = (text) => text.replaceAll("_", " ");
