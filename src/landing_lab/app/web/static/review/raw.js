// The raw channels of a trial, in counts as the boards sent them: chosen by board, gaps and ends of the range marked.

import { el, fill, icon } from "../html.js";
import { choice, field } from "../steps/participant.js";
import { Chart } from "./chart.js";

const SHAPES = { triangle: "▲", x: "×", diamond: "◆" };

export function rawPanel({ get, chosen, stored }) {
  const place = el("section", { class: "raw", "aria-label": "Raw channels" });
  let chart = null, asked = 0, gone = false;

  // centred: "" leaves it to the lab, which shows load cells from the middle of each
  async function load(device, centred) {
    const own = ++asked;
    chart?.leave();
    chart = null;
    if (!place.children.length) fill(place, el("h3", {}, "Raw channels"), el("p", { class: "hint waiting", role: "status" }, "Reading the raw channels …"));
    let told;
    try {
      told = await get("raw", { ...chosen, device, centred });
    } catch (error) {
      if (own === asked && !gone) fill(place, el("h3", {}, "Raw channels"), el("p", { class: "finding" }, icon("note"), error.message));
      return;
    }
    if (own !== asked || gone) return;
    draw(told);
  }

  function draw(told) {
    const which = choice("raw-device", told.devices.map((one) => [one.name, one.label]), () => load(which.value, "")), centred = el("input", { type: "checkbox", id: "raw-centred", checked: told.centred, onchange: () => load(told.device, centred.checked ? "1" : "0") });
    which.value = told.device;
    fill(place, el("h3", {}, "Raw channels"),
      told.devices.length ? el("div", { class: "choices" }, field("Board", which), el("label", { class: "check", for: "raw-centred" }, centred, "from each channel’s middle"), el("p", {}, told.told.join(" "))) : el("p", {}, told.told.join(" ")), told.silent.map((one) => el("p", { class: "finding" }, icon("note"), one)));
    if (told.chart) {
      chart = new Chart({ label: "Counts of each channel against time. Arrow keys move, plus and minus zoom, Home shows all.", views: [["Whole recording", told.chart.x]] });
      place.append(chart.place, switches(told.chart.curves));
      chart.draw(told.chart).catch((error) => fill(chart.plot, el("p", { class: "finding" }, icon("note"), error.message)));
    }
    if (told.rows.length) place.append(el("details", { open: told.rows.some((one) => one.fault || one.at_end || one.unsound) }, el("summary", {}, "Each channel in numbers"), table(told.rows)));
  }

  function switches(curves) {
    return el("ul", { class: "key switches", "aria-label": "Shown" }, curves.map((one) => el("li", {}, el("label", {}, el("input", { type: "checkbox", checked: true, onchange: (event) => chart.hide(one.group, !event.target.checked) }),
      one.marker ? el("span", { class: "mark", style: `color:${one.colour}`, "aria-hidden": "true" }, SHAPES[one.marker]) : el("span", { class: `stroke ${one.dash}`, style: `border-color:${one.colour}` }), one.label))));
  }

  if (stored) fill(place, el("h3", {}, "Raw channels"), el("p", { class: "hint" }, "The raw file of this trial is not there, so its channels cannot be shown in counts."));
  else load("", "");
  return { place, get chart() { return chart; }, leave: () => { gone = true; chart?.leave(); } };
}

function table(rows) {
  const count = (value) => (value === null ? "–" : value.toLocaleString("en-GB").replace("-", "−")), faults = rows.some((one) => one.fault);
  const heads = [["Readings"], ["Lowest", "counts"], ["Middle", "counts"], ["Highest", "counts"], ["At the end of the range", "readings"], ["Not sound", "readings"]];
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Raw channels in numbers" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Channel"), heads.map(([text, unit]) => el("th", { scope: "col", class: "number" }, text, unit ? el("small", {}, unit) : "")), faults ? el("th", { scope: "col" }, "What was noticed") : "")),
    el("tbody", {}, rows.map((one) => el("tr", {}, el("th", { scope: "row" }, one.name), [one.readings, one.lowest, one.middle, one.highest, one.at_end, one.unsound].map((value) => el("td", { class: "number" }, count(value))), faults ? el("td", {}, one.fault) : "")))));
}
