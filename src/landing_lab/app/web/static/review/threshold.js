// What another contact threshold would have made of the numbers of one trial.

import { el, fill, icon } from "../html.js";
import { choice, field } from "../steps/participant.js";
import { Chart } from "./chart.js";

export function thresholdView(main, { get, chosen, wanted }) {
  const place = el("div", { "aria-live": "polite" });
  let chart = null, asked = 0, gone = false;
  fill(main, place);

  async function load(metric) {
    const own = ++asked;
    chart?.leave();
    fill(place, el("p", { class: "hint waiting", role: "status" }, "Looking for the trial at other thresholds …"));
    let found;
    try {
      found = await get("threshold", { ...chosen, metric });
    } catch (error) {
      if (own === asked && !gone) fill(place, el("p", { class: "finding" }, icon("note"), error.message));
      return;
    }
    if (own !== asked || gone) return;
    wanted.metric = found.metric;
    if (!found.metrics.length) return fill(place, el("p", { class: "hint waiting" }, found.summary));
    const which = choice("metric", found.metrics.map((one) => [one.name, one.label]), () => load(which.value)), unit = found.metrics.find((one) => one.name === found.metric).unit;
    which.value = found.metric;
    chart = new Chart({ label: "The number over contact thresholds. Arrow keys move, plus and minus zoom, Home shows all.", views: found.chart ? [["All", found.chart.x]] : [] });
    view.chart = chart;
    fill(place, el("div", { class: "choices" }, field("Number", which), el("p", {}, found.spread_shown ? ["Spread over the rules in use: ", el("strong", {}, found.spread_shown)] : "")),
      found.chart ? [chart.place, el("ul", { class: "key" }, [["■", "#16232e", "landing-lab’s own threshold"], ["◆", "#D55E00", "rules in use elsewhere"], ["●", "#0072B2", "5 to 100 N; hollow: in doubt"]].map(([shape, colour, text]) => el("li", {}, el("span", { class: "mark", style: `color:${colour}`, "aria-hidden": "true" }, shape), text)))] : el("p", { class: "hint waiting" }, "There is nothing to draw."),
      el("p", {}, found.summary), rules(found, unit));
    if (found.chart) chart.draw(found.chart).catch((error) => fill(chart.plot, el("p", { class: "finding" }, icon("note"), error.message)));
  }

  const view = { chart: null, leave: () => { gone = true; chart?.leave(); } };
  load(wanted.metric ?? "");
  return view;
}

function rules({ rows, metric }, unit) {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Rules" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Rule"), el("th", { scope: "col", class: "number" }, "Threshold", el("small", {}, "N")), el("th", { scope: "col", class: "number" }, "Number", el("small", {}, unit)), el("th", { scope: "col" }, "Where it comes from"))),
    el("tbody", {}, rows.filter((one) => one.kind !== "grid").map((one) => el("tr", {}, el("th", { scope: "row" }, one.rule), el("td", { class: "number" }, one.threshold_n === null ? "–" : one.threshold_n.toFixed(1)), el("td", { class: "number" }, one.values[metric] === null ? "–" : one.values[metric].toFixed(4)), el("td", {}, one.source ?? "", one.reason ? el("small", {}, one.reason) : ""))))));
}
