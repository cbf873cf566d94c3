// The result of a trial in large numbers, each with its uncertainty or the reason why there is none.

import { choose } from "../dialog.js";
import { el, icon } from "../html.js";

const SHORT = { "reactive strength index": "reactive strength", "peak vertical force": "peak force", "landing peak force": "landing peak", "medial pressure shift, left": "medial shift, left", "medial pressure shift, right": "medial shift, right", "limb symmetry": "symmetry, 0–100 ms" };

export function cardTiles(cards, before, phase) {
  if (!cards.length) return el("p", { class: "hint waiting" }, phase === "verdict" ? "No numbers: see what was noticed." : "The result of each trial appears here.");
  const [one, ...others] = cards;
  return [
    el("h3", {}, before || one.task_label, one.provisional && !before ? el("span", { class: "tag" }, "first numbers, the rest after standing still") : "", others.length ? el("span", { class: "tag" }, `and ${others.length} more in this recording`) : "", one.status === "refused" ? el("span", { class: "tag stop" }, one.reason) : ""),
    el("div", { class: "tiles" }, one.headlines.map(tile)),
  ];
}

function tile(line) {
  const refused = line.status === "refused", side = /(left|right)[^,.]*stronger/.exec(line.note)?.[0];
  const content = [el("span", { class: "what" }, SHORT[line.title] ?? line.title),
    refused ? el("span", { class: "value none" }, "not known") : el("span", { class: "value" }, line.value, el("small", {}, line.unit === "–" ? "" : line.unit)),
    el("span", { class: "spread" }, refused ? line.note : [line.spread ? `± ${line.spread}` : "", side ? el("span", {}, side) : "", line.status === "flagged" ? el("span", { class: "flag" }, icon("note"), "flagged") : ""])];
  if (!line.note) return el("div", { class: `tile ${line.status}` }, content);
  const told = () => choose(line.title, line.note, []);
  return el("button", { type: "button", class: `tile ${line.status}`, onclick: told, "aria-haspopup": "dialog" }, content);
}
