// Trials over each other, aligned at an event; colours are runs, conditions, feet or sessions.

import { el, fill, icon } from "../html.js";
import { cells, headings, meanOf } from "../numbers.js";
import { choice, field } from "../steps/participant.js";
import { Chart } from "./chart.js";

const BY = [["run", "Trials of this session"], ["condition", "Conditions of this session"], ["feet", "Left against right foot"], ["session", "Sessions of this athlete"]];
const SIDES = [["total", "both feet together"], ["left", "left foot"], ["right", "right foot"]];
const ALIGN = [["touchdown", "touchdown"], ["take_off", "take-off"], ["landing", "landing"]];

export function compareView(main, { get, chosen, wanted }) {
  const ask = () => { wanted.by = by.value; wanted.side = side.value; wanted.align = align.value; load(); };
  const by = choice("by", BY, ask), side = choice("side", SIDES, ask), align = choice("align", ALIGN, ask), told = el("div", { class: "compared", "aria-live": "polite" });
  let chart = null, asked = 0, gone = false;
  [by.value, side.value, align.value] = [wanted.by, wanted.side, wanted.align];
  fill(main, el("div", { class: "choices" }, field("Compare", by), field("Force of", side), field("Aligned at", align)), told);

  async function load() {
    const own = ++asked;
    side.disabled = by.value === "feet";
    chart?.leave();
    fill(told, el("p", { class: "hint waiting", role: "status" }, "Reading and analysing the trials …"));
    let answer;
    try {
      answer = await get("compare", { ...chosen, by: by.value, side: side.value, align: align.value });
    } catch (error) {
      if (own === asked && !gone) fill(told, el("p", { class: "finding" }, icon("note"), error.message));
      return;
    }
    if (own !== asked || gone) return;
    chart = new Chart({ label: "Force of all trials over each other. Arrow keys move, plus and minus zoom, Home shows all.", views: answer.chart ? [["All", answer.chart.x], ["First 0.4 s", [-0.05, 0.4]]] : [] });
    view.chart = chart;
    fill(told, answer.chart ? [chart.place, groups(answer.groups, answer.chart.curves)] : el("p", { class: "hint waiting" }, answer.rows.length || answer.left_out.length ? "No trial can be drawn this way." : "No trial of this session is accepted, so there is nothing to compare."),
      answer.older ? el("p", { class: "hint" }, `${answer.older} older trials are left out: ${answer.rows.length} are enough for one chart.`) : "",
      answer.left_out.map((one) => el("p", { class: "finding" }, icon("note"), el("span", {}, el("strong", {}, `${one.label}: `), one.reason))),
      means(answer.means), answer.feet.map(feet), numbers(answer));
    if (answer.chart) chart.draw(answer.chart).catch((error) => fill(chart.plot, el("p", { class: "finding" }, icon("note"), error.message)));
  }

  function groups(all, curves) {
    const dash = (name) => curves.find((one) => one.group === name).dash;
    return el("ul", { class: "key switches", "aria-label": "Shown" }, all.map(({ name, colour }) => el("li", {}, el("label", {}, el("input", { type: "checkbox", checked: true, onchange: (event) => chart.hide(name, !event.target.checked) }), el("span", { class: `stroke ${dash(name)}`, style: `border-color:${colour}` }), name))));
  }

  const view = { chart: null, leave: () => { gone = true; chart?.leave(); } };
  load();
  return view;
}

function numbers({ rows, columns }) {
  if (!rows.length) return "";
  const conditions = rows.some((one) => one.condition);
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Numbers of the trials" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Trial"), conditions ? el("th", { scope: "col" }, "Condition") : "", headings(columns))),
    el("tbody", {}, rows.map((one) => el("tr", {}, el("th", { scope: "row" }, one.label), conditions ? el("td", {}, one.condition.replaceAll("_", " ")) : "",
      cells(one))))));
}

function means(found) {
  if (!found) return "";
  const out = found.left_out ? el("p", { class: "hint" }, `${found.left_out} trials are not in the means: their numbers have a reservation, which each trial states.`) : "";
  if (!found.lines.length) return out;
  // with many groups, each against the first: every pair of them would be a table nobody can read
  const pairs = found.differences.map((text, at) => [text, at]).filter(([text]) => found.conditions.length < 4 || text.endsWith(` minus ${found.conditions[0]}`));
  return [el("h3", {}, "Mean ± SD between trials"), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Means" }, el("table", { class: "means" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Number"), [...found.conditions, ...pairs.map(([text]) => text)].map((one) => el("th", { scope: "col", class: "number" }, one)))),
    el("tbody", {}, found.lines.map((line) => el("tr", {}, meanOf(line), [...line.means, ...pairs.map(([, at]) => line.differences[at])].map((text) => el("td", { class: "number" }, counted(text)))))))),
    found.differences.length ? el("p", { class: "hint" }, "A difference is the plain difference of two means; nothing is said of its chance. The tab Contrast judges it, for one athlete and over athletes.") : "", out];
}

// A mean, and of how many below it.
function counted(text) {
  const at = text.indexOf(" (n");
  return at < 0 ? text : [el("span", { class: "whole" }, text.slice(0, at)), el("small", {}, text.slice(at + 2, -1))];
}

// Left against right within each trial, for one condition.
function feet({ condition, lines, between, left_out }) {
  const text = (one) => `${one.label}${one.unit ? `, ${one.unit}` : ""}${one.flagged ? " *" : ""}`;
  if (!lines.length) return el("p", { class: "hint" }, "No trial without reservation has numbers of each foot.");
  return [el("h3", {}, `Mean ± SD between trials${condition ? `, ${condition}` : ""}`),
    el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Feet ${condition}` }, el("table", {},
      el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Number"), ["left foot", "right foot", "left minus right, within a trial"].map((one) => el("th", { scope: "col", class: "number" }, one)))),
      el("tbody", {}, lines.map((one) => el("tr", {}, el("th", { scope: "row" }, text(one)), [one.left, one.right, one.difference].map((cell) => el("td", { class: "number" }, counted(cell)))))))),
    between.map((one) => el("p", { class: "hint" }, `${text(one)}: ${one.mean}`)),
    left_out ? el("p", { class: "hint" }, `${left_out} trials are not in the means: their numbers have a reservation, which each trial states.`) : ""];
}
