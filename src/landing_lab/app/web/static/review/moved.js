// Events moved by hand: who and why stand beside the trial; the automatic events stay, and all numbers are theirs.

import { button, el, fill, icon } from "../html.js";
import { choose } from "../dialog.js";
import { choice, date, field } from "../steps/participant.js";

const EVENTS = [["touchdown", "Touchdown"], ["take_off", "Take-off"], ["landing", "Landing"]];
const SIDES = { total: "both feet", left: "left foot", right: "right foot", plate_1: "plate 1", plate_2: "plate 2" };
const NUDGES_MS = [-10, -1, 1, 10];

export function movedPanel({ trial, chart, send, drives }) {
  const place = el("section", { class: "panel moved", "aria-label": "Events moved by hand" });
  let told = trial.moved, report = "", open = false;

  function draw() {
    fill(place, el("h3", {}, "Moved by hand"), told.problem ? el("p", { class: "finding" }, icon("note"), el("span", {}, told.problem)) : "",
      told.holding.length ? told.holding.map(held) : open ? "" : el("p", { class: "hint" }, "Nothing. An event can be set to another time; the numbers stay those of the automatic one."),
      told.would_be.length && !open ? wouldBe() : "",
      report ? el("p", { class: "hint", role: "status" }, report) : "",
      open ? form() : drives() ? button("Move an event …", () => { open = true; draw(); }) : el("p", { class: "hint" }, "The browser that drives can move events."),
      told.history.length ? el("details", {}, el("summary", {}, `Taken back: ${told.history.length}`), el("ul", {}, told.history.map((one) => el("li", {}, one.text, el("small", {}, `Taken back by ${one.withdrawn.by} on ${date(one.withdrawn.at)}: ${one.withdrawn.why}`))))) : "");
  }

  const held = (one) => el("div", { class: "held" }, el("p", {}, one.text, el("small", {}, date(one.at))), drives() ? button("Take back …", () => takeBack(one)) : "");

  const wouldBe = () => el("div", { class: "would-be" }, told.would_be.map((one) => el("p", {}, `${one.label} between the events as moved: `, el("strong", {}, `${one.value_s.toFixed(4)} s`), one.automatic_s === null ? "" : ` (automatic: ${one.automatic_s.toFixed(4)} s${one.automatic_sd_s === null ? "" : ` ± ${one.automatic_sd_s.toFixed(4)}`})`)),
    el("small", {}, "From the times of the events alone; how sure a time set by hand is, nobody knows. No other number uses it."));

  function form() {
    const event = choice("moved-event", EVENTS, () => start()), side = choice("moved-side", trial.sides.map((one) => [one, SIDES[one] ?? one]), () => start());
    const time = el("input", { id: "moved-time", inputmode: "decimal", autocomplete: "off", required: true, oninput: () => point() });
    const by = el("input", { id: "moved-by", maxlength: 8, autocomplete: "off", required: true }), why = el("input", { id: "moved-why", maxlength: 200, autocomplete: "off", required: true });
    const value = () => Number(time.value.trim().replace(",", "."));
    const point = () => chart.point(time.value.trim() !== "" && Number.isFinite(value()) ? value() : null);
    const set = (at) => { time.value = at.toFixed(4); point(); };
    const start = () => {
      const same = (one) => one.side === side.value && (one.event ?? one.name) === event.value;
      const at = told.holding.find(same)?.moved_s ?? trial.events.find(same)?.time_s ?? trial.span?.[0] ?? 0;
      set(at);
      chart.show(at - 0.06, at + 0.06);
    };
    const cancel = () => { open = false; chart.ontap = null; chart.point(null); draw(); };
    chart.ontap = set;
    const sent = async (submitted) => {
      submitted.preventDefault();
      const answer = await send("review/move", { event: event.value, side: side.value, moved_s: value(), by: by.value.trim(), why: why.value.trim() });
      if (answer) { chart.ontap = null; open = false; changed(answer); }
    };
    setTimeout(() => { start(); event.focus(); });
    return el("form", { onsubmit: sent, novalidate: true }, el("div", { class: "together" }, field("Event", event), field("Of", side)),
      field("Time in s, or tap the chart", time), el("div", { class: "nudges", role: "group", "aria-label": "Move by milliseconds" }, NUDGES_MS.map((ms) => button(`${ms > 0 ? "+" : "−"}${Math.abs(ms)} ms`, () => set((Number.isFinite(value()) ? value() : 0) + ms / 1000), { kind: "small" }))),
      el("div", { class: "together" }, field("Who (initials)", by), field("Why", why)), el("div", { class: "buttons" }, el("button", { class: "strong" }, "Keep it"), button("Cancel", cancel)));
  }

  async function takeBack(one) {
    const by = el("input", { id: "back-by", maxlength: 8, autocomplete: "off", "data-first": true, required: true }), why = el("input", { id: "back-why", maxlength: 200, autocomplete: "off", required: true });
    const wanted = await choose("Take it back?", one.text, [], (close) => el("form", { onsubmit: (event) => { event.preventDefault(); if (by.value.trim() && why.value.trim()) close({ id: one.id, by: by.value.trim(), why: why.value.trim() }); } },
      field("Who (initials)", by), field("Why", why), el("p", { class: "hint" }, "It stays in the history."), el("button", { class: "primary" }, "Take it back")));
    if (!wanted) return;
    const answer = await send("review/withdraw", wanted);
    if (answer) changed(answer);
  }

  let onchange = () => {};
  function changed(answer) {
    told = answer.moved;
    report = answer.report;
    draw();
    onchange();
  }

  draw();
  return { place, draw, report: (text) => { report = text; draw(); }, isOpen: () => open, set onchange(call) { onchange = call; } };
}
