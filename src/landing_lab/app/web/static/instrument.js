// The live instrument of the trial step: force over the last seconds with what it comes from, both soles, last peaks.

import { choose } from "./dialog.js";
import { button, el, fill, icon, redrawn } from "./html.js";
import { makeSole } from "./feet.js";
import { BIN_S, SERIES } from "./live.js";
import { COLOURS, drawStrip } from "./strip.js";

const NUMBERS_EVERY_MS = 250, TEXT_EVERY_MS = 2000, CALM_EVERY_MS = 250;
const BEHIND_BINS = 4; // the right edge is so far behind the lab's clock: what is underway would come and go there
const ASIDE = { past: " The curve runs on past this trial.", none: " Recorded before: Look closer shows its curve." };
const NAMES = { left: "Left", right: "Right", total: "Total" };

export function makeInstrument(page) {
  const draw = redrawn(), calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const strip = el("canvas", { id: "strip", role: "img", "aria-label": "Force per foot and in total over the last five seconds" });
  const values = Object.fromEntries(SERIES.map((side) => [side, el("strong", {}, "–")]));
  const legend = el("div", { class: "legend" }), peaks = el("p", { class: "peaks" });
  const canvases = Object.fromEntries(["left", "right"].map((side) => [side, el("canvas", { id: `sole-${side}`, role: "img", "aria-label": `Pressure under the ${side} foot` })]));
  const scale = el("div", { class: "scale", "aria-hidden": "true" }), under = el("p", { class: "under" });
  const force = el("section", { class: "force", "aria-label": "Force" }, legend, strip, peaks);
  const soles = el("section", { class: "soles", "aria-label": "Pressure under the feet" },
    el("figure", {}, el("figcaption", {}, "left"), canvases.left), scale, el("figure", {}, el("figcaption", {}, "right"), canvases.right), under);
  let drawSoles = [], drawings = "", known = "", session = null, numbers_ms = 0, text_ms = 0, drawn_ms = -Infinity, last = "", turn = 0, owed = null;

  const self = {
    parts: [force, soles],
    update(state) {
      session = state.session;
      draw(peaks, { told: session?.peaks, may: page.instrument?.setup ? page.instrument.peaks : null, on: session?.phase, curve: session?.curve }, () => aside(session) ? el("span", { class: "aside-curve" }, icon("note"), ASIDE[session.curve]) : peakLine(session?.peaks ?? {}, page.instrument?.setup ? page.instrument.peaks : null));
      force.classList.toggle("of-another", aside(session));
    },
    frame(now_ms) {
      if (page.instrument && known !== `${page.instrument.feed} ${page.instrument.setup}`) setUp(page.instrument);
      // Nothing new, nothing moves: nothing is drawn.
      const end = rightEdge(), look = `${end} ${page.live.updates} ${strip.clientWidth} ${strip.clientHeight} ${window.devicePixelRatio} ${session?.phase === "recording"}`;
      if (look === last || (calm.matches && now_ms - drawn_ms < CALM_EVERY_MS)) return paintOwed();
      [last, drawn_ms] = [look, now_ms];
      page.drawn = drawStrip(strip, page.live, { end, runs: session?.phase === "recording", weight_n: session?.weight_n, zero_known: page.live.zero_known });
      // Each sole in every second drawing: 30 times a second are enough for colours, and force comes first.
      turn += 1;
      paint(turn % 2);
      owed = 1 - (turn % 2);
      page.onDrawn?.(end);
      if (now_ms - numbers_ms > NUMBERS_EVERY_MS) tellNumbers(now_ms);
    },
  };
  return self;

  function paint(k) {
    if (drawSoles[k]) drawSoles[k][1](page.live.soles[drawSoles[k][0]]);
  }

  function paintOwed() {
    if (owed !== null) paint(owed);
    owed = null;
  }

  // While a trial is recorded the picture moves with the lab's clock, so that silence is seen as a gap; else it stands.
  function rightEdge() {
    const now_s = session?.phase === "recording" ? page.clock?.now_s() : null;
    return now_s === null || now_s === undefined ? page.live.newest : Math.max(page.live.newest, Math.floor(now_s / BIN_S) - BEHIND_BINS);
  }

  function setUp(told) {
    known = `${told.feed} ${told.setup}`;
    fill(legend, !told.sources.length ? "" : el("button", { type: "button", "aria-haspopup": "dialog", onclick: () => inform("What is drawn", [...told.sources.map((one) => [NAMES[one.side], one.told]), ["Soles", told.soles.map((one) => one.note).filter(Boolean).join("; ") || `pressure by the calibration, ${told.soles[0]?.layout ?? ""}`]]) },
      told.sources.map((one) => el("span", { class: "series" }, swatch(one.side), el("span", {}, NAMES[one.side]), values[one.side],
        el("small", { class: one.mark ? "doubt" : null }, one.mark ? icon("note") : "", [one.sensor, one.mark].filter(Boolean).join(", "))))));
    const drawing = JSON.stringify([told.soles, told.scale]);
    if (drawing !== drawings) drawSoles = told.soles.map((sole) => [sole.side, makeSole(canvases[sole.side], sole, told.scale)]);
    drawings = drawing;
    for (const side of ["left", "right"]) canvases[side].parentElement.classList.toggle("none", !told.soles.some((sole) => sole.side === side));
    fill(scale, told.soles.length ? bands(told.scale) : "");
    fill(under, !told.setup ? "" : !told.soles.length ? "no insole whose cells have known places" : told.scale.calibrated ? "kPa" : el("span", { class: "doubt" }, icon("note"), "% of its highest cell, no newton"));
    last = "";
  }

  function tellNumbers(now_ms) {
    numbers_ms = now_ms;
    const live = page.live, on = session?.phase === "recording";
    // Before the zero of the plates is known, their newton say nothing; insoles have their own.
    const known_n = (side) => live.zero_known || page.instrument?.sources.find((one) => one.side === side)?.sensor === "insole";
    const now = Object.fromEntries(SERIES.map((side, s) => [side, on && known_n(side) ? live.now_n(s) : null]));
    for (const side of SERIES) {
      const text = now[side] === null ? "–" : `${Math.round(now[side])} N`;
      if (values[side].textContent !== text) values[side].textContent = text;
    }
    if (now_ms - text_ms < TEXT_EVERY_MS) return;
    text_ms = now_ms;
    strip.setAttribute("aria-label", `Force over the last five seconds. Now: ${SERIES.map((side) => `${side} ${now[side] === null ? "not told" : `${Math.round(now[side])} newton`}`).join(", ")}${live.zero_known ? "" : "; what the empty plates read is not known yet"}.`);
    for (const sole of page.instrument?.soles ?? []) canvases[sole.side].setAttribute("aria-label", soleText(sole, live.soles[sole.side], page.instrument.scale));
  }
}

function soleText(sole, now, scale) {
  if (!now?.touching) return `Pressure under the ${sole.side} foot: in the air.`;
  const highest = now.pressure.reduce((best, value, k) => (Math.abs(value) > Math.abs(now.pressure[best]) ? k : best), 0);
  const cop = now.cop ? ` Centre of pressure ${Math.round(Math.abs(now.cop[0]))} mm ${now.cop[0] < 0 ? "lateral" : "medial"} of the middle, ${Math.round(now.cop[1])} mm before the heel edge.` : "";
  return `Pressure under the ${sole.side} foot: on the ground, highest ${Math.round(Math.abs(now.pressure[highest]))} ${scale.unit} at ${sole.names[highest]}.${cop}`;
}

// Whether the result that is shown is not what the curve shows: it was recorded before its verdict was taken back, or
// before the lab was started.
const aside = (session) => session?.phase === "verdict" && session.curve !== "own";

function peakLine(told, may) {
  const sides = ["left", "right"].filter((side) => told[side]);
  if (!sides.length && may === null) return "";
  if (!sides.length) return el("small", {}, may.length ? "Peak of each foot: after the landing." : "Peak of each foot now: only where plate and insole are calibrated.");
  const doubts = [...new Set(sides.flatMap((side) => (told[side].doubt ?? "").split("; ").filter(Boolean)))];
  return [el("span", {}, "Last landing, peak:"), sides.map((side) => el("span", { class: "series" }, swatch(side), side, el("strong", {}, `${Math.round(told[side].force_n)} ± ${Math.round(told[side].sd_n)} N${told[side].doubt ? " ?" : ""}`))),
    doubts.length ? button("? Why", () => inform("In doubt", doubts.map((one) => ["?", one])), { kind: "why" }) : ""];
}

function swatch(side) {
  const made = el("i", { class: "swatch", "aria-hidden": "true" });
  made.style.background = COLOURS[side];
  return made;
}

// One box per band from below, edges at their borders, as in the report.
function bands(scale) {
  const colours = scale.calibrated ? scale.colours : scale.colours.slice(0, -1);
  return colours.map((colour, k) => {
    const box = el("i", {});
    box.style.background = colour;
    return el("span", {}, box, k < scale.edges.length ? el("b", {}, scale.edges[k]) : "");
  }).reverse();
}

function inform(title, lines) {
  return choose(title, "", [], () => el("dl", { class: "sources" }, lines.map(([name, text]) => [el("dt", {}, name), el("dd", {}, text)])));
}
