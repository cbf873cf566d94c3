// A guided calibration: what to do now, what the plate reads, and what every step said.

import { button, el, icon, redrawn } from "../html.js";
import { confirm } from "../dialog.js";
import { ring } from "../bell.js";
import { drawPlace } from "../feet.js";

const LOOKS = { measure: ["recording", "READING"], ready: ["armed", "GET READY"], problem: ["stop", "PROBLEM"], settle: ["wait", "WAITING"], wait: ["stand", "DO THIS"], over: ["done", "DONE"], starting: ["wait", "STARTING"] };
const MARKS = { done: "done", kept: "note", skipped: "skip", now: "recording", open: "wait" };

export function calibrateStep(main, { act }) {
  const draw = redrawn();
  const banner = el("div", { id: "banner", "aria-live": "assertive" }), level = el("div", { class: "level" }), notes = el("div", { class: "notes", "aria-live": "polite" }), steps = el("ol", { class: "steplist", tabindex: 0, "aria-label": "Steps" });
  const buttons = el("div", { class: "buttons bar" }), result = el("div", { class: "made" });
  const where = el("div", { class: "where" }), doing = el("div", { class: "calibrating" }, el("div", {}, el("div", { class: "at-work" }, level, where), notes), steps);
  const title = el("h2", { class: "quiet" }, "Calibration");
  main.append(title, banner, doing, result, buttons);
  const tell = (kind) => act("calibration/command", { kind });
  const quit = async () => { if (await confirm("Throw this calibration away?", "Nothing of it is kept.", "Throw it away", { careful: true })) tell("quit"); };
  let before = "";
  return {
    update(state) {
      const view = state.calibration ?? {}, running = state.job === "calibrate", made = state.made;
      const phase = running ? view.phase ?? "starting" : "over";
      if (phase !== before) { if (phase === "problem") ring("stop"); else if (phase === "ready") ring("armed"); before = phase; }
      const at = running && view.n_steps ? `, step ${Math.min(view.number, view.n_steps)} of ${view.n_steps}, about ${view.left_s < 100 ? `${view.left_s} s` : `${Math.round(view.left_s / 60)} min`} left` : "";
      draw(title, `Calibration${at}`, (text) => text);
      const [picture, word] = LOOKS[phase] ?? LOOKS.wait;
      const over = !running && made.kind;
      banner.className = `calibrate ${phase}`;
      draw(banner, { phase, headline: view.headline, instruction: view.instruction, problem: view.problem, left: view.remaining_s, silent: view.silent_s, seen: view.seen, over, holds: made.holds, n: view.number }, () => over
        ? [el("div", { class: "state" }, icon(made.holds ? "done" : "stop"), made.kind === "check" ? "CHECKED" : "CALIBRATED"), el("strong", { class: "headline" }, made.kind === "check" ? (made.holds ? "All insoles agree with the plate" : "An insole has drifted") : made.kind === "bench" ? "Stored: the next calibration on the plate uses it" : "Stored: recordings use it from now on")]
        : [el("div", { class: "state" }, icon(picture), word), el("strong", { class: "headline" }, words(view.instruction || view.headline || "Getting ready …")),
          el("p", { class: "say" }, view.silent_s ? (state.simulated ? "The simulated board has played all it had: finish early, or quit and begin again." : `The board has been silent for ${view.silent_s} s: look at its cable.`) : view.problem ? sentence(view.problem) : [view.headline ? said(view.headline) : "", view.remaining_s && ["ready", "measure"].includes(phase) ? `, ${view.remaining_s} s` : "", view.repeats > 1 ? `, ${view.seen} of ${view.repeats} done` : ""].join(""))]);
      doing.hidden = Boolean(over);
      draw(level, { plates: view.plates, insoles: view.insoles, target: view.target_n, side: view.side, zeroed: view.zeroed, cell: view.cell, kind: view.kind }, () => view.zeroed
        ? [view.plates.map((plate) => (view.kind === "bench" ? soles(plate, view) : bar(plate, view))), (view.insoles ?? []).map((one) => el("p", { class: "insole" }, el("strong", {}, `${one.side} insole `), one.insole_n === null ? "in newton after standing flat" : `${one.insole_n} N, plate ${one.plate_n} N`))]
        : el("p", { class: "hint" }, view.kind === "bench" ? "Forces are shown once the empty insole has been read." : "Forces are shown once the empty plates have been read."));
      draw(where, running && view.sole ? view.sole : {}, (sole) => (sole.side ? place(sole) : ""));
      draw(notes, view.notes ?? [], (all) => all.map((text) => el("p", { class: "finding" }, icon("note"), el("span", {}, sentence(text)))));
      if (draw(steps, view.steps ?? [], (lines) => lines.map((line) => el("li", { class: line.status, "aria-current": line.status === "now" ? "step" : null }, icon(MARKS[line.status]), el("span", {}, stepName(line.key)), el("small", {}, line.off_n !== null ? `${line.off_n > 0 ? "+" : ""}${line.off_n} N off` : line.told))))) steps.querySelector(".now")?.scrollIntoView({ block: "center" });
      draw(result, over ? made : {}, () => over ? [made.sentences.map((text) => el("p", { class: "finding" }, text)), made.made.map(card)] : "");
      draw(buttons, { phase, running, over, optional: view.optional, first: view.number === 1 }, () => !running
        ? button("Back to the boards", () => act("step", { step: "boards" }), { primary: true, key: "B" })
        : phase === "over" || phase === "starting" ? ""
        : [phase === "problem" ? button("Read again", () => tell("redo"), { primary: true, key: "R" }) : button("Read now", () => tell("go"), { key: "G" }),
          phase === "problem" ? button("Keep it anyway", () => tell("keep"), { key: "K" }) : "",
          view.optional ? button("Skip this step", () => tell("skip"), { key: "S" }) : "",
          view.number > 1 ? button("Step back", () => tell("back"), { key: "B" }) : "",
          view.number > 1 && view.kind !== "bench" ? button("Finish early", () => tell("finish"), { key: "F", kind: "aside" }) : "",
          button("Quit", quit, { key: "Q", kind: view.number > 1 ? "" : "aside" })]);
    },
  };
}

const said = (text) => `${text[0]}${text.slice(1).toLowerCase()}`;
const sentence = (text) => `${text[0].toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;

function bar(plate, view) {
  const aimed = view.target_n !== null && (view.side === plate.side || view.side === "total") ? view.target_n : null;
  const full = Math.max(aimed === null ? 1000 : 1.5 * aimed, plate.force_n), share = (force) => `${Math.max(0, Math.min(100, (100 * force) / full))}%`;
  return el("div", { class: "plate" }, el("p", {}, el("strong", {}, plate.side === "total" ? "Plate" : `${plate.side === "left" ? "Left" : "Right"} plate`), el("span", { class: "newton" }, `${plate.force_n.toFixed(1)} N`), aimed === null ? "" : el("span", { class: "hint" }, `wanted ${aimed.toFixed(0)} N`)),
    el("div", { class: "bar-frame" }, el("div", { class: "filled", style: `width:${share(plate.force_n)}` }), aimed === null ? "" : el("div", { class: "aim", style: `left:${share(aimed)}` })),
    el("p", { class: "cells" }, plate.cells.map((cell) => el("span", {}, `${cell.name.replaceAll("_", " ")} ${cell.force_n.toFixed(1)} N`))));
}

// Where the cell lies that is to be loaded; drawn once it stands on the page and has a size.
function place(sole) {
  const canvas = el("canvas", { class: "place", role: "img", "aria-label": `Where it lies in the ${sole.side} insole, seen from above with the toes up: ${words(sole.names[sole.now])}` });
  requestAnimationFrame(() => drawPlace(canvas, sole));
  return el("figure", {}, canvas, el("figcaption", {}, `${sole.side} insole from above, toes up`));
}

// An insole on a table: its cells, and the one that is to be loaded.
function soles(insole, view) {
  return el("div", { class: "plate" }, el("p", {}, el("strong", {}, `${view.side[0].toUpperCase()}${view.side.slice(1)} insole`), el("span", { class: "hint" }, "newton are rough until all is computed")),
    el("ul", { class: "cellbars" }, insole.cells.map((cell) => el("li", { class: cell.name === view.cell ? "now" : null }, el("span", {}, words(cell.name)), el("span", { class: "bar-frame" }, el("span", { class: "filled", style: `width:${Math.max(0, Math.min(100, (100 * cell.force_n) / Math.max(1.5 * (view.target_n ?? 0), 10)))}%` })), el("span", { class: "newton" }, `${cell.force_n.toFixed(1)} N`)))));
}

const words = (name) => name.replaceAll("_", " ");
// The names of steps in scripts, as one would say them: "left 5 kg up" is "left plate: 5 kg, going up".
const stepName = (key) => words(key).replace(/^(left|right) (?=[0-9.]+ kg|empty|unloading|taps)/, "$1 plate: ").replace(/ kg (up|down)$/, " kg, going $1").replace(/ kg (front|rear) (left|right)$/, " kg, $1 $2 corner").replace("unloading", "quick unloading").replace("taps", "knocks");
const FIRST = ["force is good to", "centre of pressure", "linearity", "corner error", "hysteresis", "against", "valid until"];
const facts = (list) => el("dl", {}, list.map(({ title, value }) => [el("dt", {}, title), el("dd", {}, value)]));

function card(made) {
  const title = made.kind === "plate" ? "Plate" : `${made.side === "left" ? "Left" : "Right"} insole${made.method === "bench" ? ", single cells" : ""}`;
  return el("article", { class: "card" }, el("h3", {}, `${title}, ${made.device_id}`), facts(made.facts.filter(({ name }) => FIRST.includes(name))), el("details", {}, el("summary", {}, "Everything else"), facts(made.facts.filter(({ name }) => !FIRST.includes(name)))), made.findings.map((text) => el("p", { class: "finding" }, icon("note"), el("span", {}, sentence(text)))), made.remarks.map((text) => el("p", { class: "hint" }, sentence(text))));
}
