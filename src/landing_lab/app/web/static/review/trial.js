// One trial: force with its phases and events, its numbers, and what a person moved.

import { el, fill, icon } from "../html.js";
import { cardTiles } from "../steps/card.js";
import { Chart } from "./chart.js";
import { movedPanel } from "./moved.js";

export function trialView(main, { look, send, drives, again }) {
  const trial = look.told, chart = new Chart({ label: "Force against time. Arrow keys move, plus and minus zoom, Home shows the trial.", views: [trial.whole && ["Trial", trial.whole], trial.zoom && ["Contact", trial.zoom], trial.span && ["Whole recording", trial.span]].filter(Boolean) });
  const moved = movedPanel({ trial, chart, send, drives });
  moved.onchange = again;
  const doubts = trial.card.doubts;
  const why = trial.verdict === "rejected" && trial.verdict_reason;
  fill(main, el("div", { class: "review-trial" },
    el("div", { class: "wide" },
      why ? el("p", { class: "finding" }, icon("stop"), el("span", {}, `Rejected: ${why}`)) : "",
      trial.chart ? [chart.place, key(trial)] : el("p", { class: "hint waiting" }, "This recording holds no force that could be drawn."),
      el("section", { class: "panel numbers", "aria-label": "Numbers of the analysis" }, cardTiles([trial.card], "", "verdict")),
      doubts.length ? el("ul", { class: "doubts" }, doubts.map((one) => el("li", { class: "finding" }, icon("note"), el("span", {}, one)))) : ""),
    el("aside", {}, events(trial), moved.place)));
  if (trial.chart) chart.draw(trial.chart).catch((error) => fill(chart.plot, el("p", { class: "finding" }, icon("note"), error.message)));
  return { chart, moved, leave: () => chart.leave() };
}

function key(trial) {
  const lines = trial.chart.curves.map((one) => el("li", {}, el("span", { class: `stroke ${one.dash}`, style: `border-color:${one.colour}` }), one.label));
  const phases = trial.phases.filter((one) => one.colour).map((one) => el("li", {}, el("span", { class: "patch", style: `background:${one.colour}` }), `${one.label} ${one.shown} s`));
  return el("ul", { class: "key", "aria-label": "What the lines and colours mean" }, lines, phases);
}

const SHOWN = ["movement_onset", "touchdown", "lowest_point", "take_off", "landing", "stabilised"];

function events(trial) {
  const sides = trial.sides.filter((side) => trial.events.some((one) => one.side === side));
  const rows = SHOWN.filter((name) => trial.events.some((one) => one.name === name));
  const at = (name, side) => trial.events.find((one) => one.name === name && one.side === side);
  return el("section", { class: "panel" }, el("h3", {}, "Events, s in the recording"), rows.length
    ? el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Events" }, el("table", { class: "events" }, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Event"), sides.map((side) => el("th", { scope: "col", class: "number" }, side.replace("_", " "))))),
      el("tbody", {}, rows.map((name) => el("tr", {}, el("th", { scope: "row" }, trial.events.find((one) => one.name === name).label), sides.map((side) => el("td", { class: "number" }, two(at(name, side)?.shown))))))))
    : el("p", { class: "hint" }, "No event was found."));
}

function two(text) {
  if (!text) return "–";
  const [value, spread] = text.split(" ± ");
  return [value, spread ? el("small", {}, `± ${spread}`) : ""];
}
