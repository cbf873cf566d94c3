// How good the signal of a trial is: every check, every link, every gap; and the pressure under the feet.

import { el, fill, icon } from "../html.js";
import { rawPanel } from "./raw.js";

// What is missing is told even where it is little: a number alone looks like a fault.
const MISSING = / samples .* are missing/;
const PICTURES = { ok: "done", flagged: "note", "not checked": "wait" };

export function signalView(main, { get, chosen, look }) {
  const trial = look.told, raw = rawPanel({ get, chosen, stored: trial.stored });
  fill(main, raw.place, el("div", { class: "columns" },
    el("section", { class: "panel" }, el("h3", {}, "Checks of the signal"), el("p", {}, `${trial.quality_sentence}. ${trial.sensor}, ${trial.rate}.`),
      trial.quality.length ? el("ul", { class: "checks" }, trial.quality.map((one) => el("li", { class: one.verdict.replace(" ", "-") }, icon(PICTURES[one.verdict]), el("span", {}, one.label, el("span", { class: "unseen" }, `: ${one.verdict}`)), el("strong", {}, one.figure === one.verdict ? (one.verdict === "ok" ? "ok" : "") : one.figure), one.verdict === "ok" && !MISSING.test(one.text) ? "" : el("small", {}, one.text)))) : el("p", { class: "hint" }, "Nothing was checked.")),
    el("div", { class: "stack" },
      el("section", { class: "panel" }, el("h3", {}, "Links, counted while this trial was recorded"), trial.links.length ? links(trial.links) : el("p", { class: "hint" }, "Nothing is known of the links.")),
      el("section", { class: "panel" }, el("h3", {}, "Boards that were away"), trial.gaps.length ? gaps(trial.gaps) : el("p", { class: "hint" }, "No board was away. Single frames that were lost on the way are counted above.")),
      trial.notes.length || trial.reading_notes.length ? el("section", { class: "panel" }, el("h3", {}, "Notes"), el("ul", { class: "notes" }, [...trial.notes, ...trial.reading_notes].map((one) => el("li", {}, spoken(one))))) : "")));
  return { get chart() { return raw.chart; }, leave: () => raw.leave() };
}

// Streams as they are called on this page.
const spoken = (text) => text.replaceAll("insole_left", "insole left").replaceAll("insole_right", "insole right");

function links(all) {
  const names = [...new Set(all.flatMap((one) => one.statistics.map(([name]) => name)))];
  const of = (one, name) => one.statistics.find(([own]) => own === name)?.[1];
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Links" }, el("table", {}, el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Counted"), all.map((one) => el("th", { scope: "col", class: "number" }, one.name.replaceAll("_", " "))))),
    el("tbody", {}, names.map((name) => el("tr", {}, el("th", { scope: "row" }, name.replace(/ ms$/, ", ms")), all.map((one) => el("td", { class: "number" }, of(one, name) ?? "–")))))));
}

function gaps(all) {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Gaps" }, el("table", {}, el("thead", {}, el("tr", {}, ["Board", "At", "Readings", "Why"].map((one) => el("th", { scope: "col" }, one)))),
    el("tbody", {}, all.slice(0, 200).map((one) => el("tr", {}, el("td", {}, one.board.replaceAll("_", " ")), el("td", {}, one.at_s === null ? "–" : `${one.at_s.toFixed(3)} s`), el("td", {}, one.n_samples), el("td", {}, one.reason))))));
}

export function pressureView(main, { get, chosen, look }) {
  let gone = false;
  const none = (text) => fill(main, el("p", { class: "hint waiting" }, text));
  if (!look.told.has_pressure) none("No insole was worn in this trial, so there is no pressure to see.");
  else {
    fill(main, el("p", { class: "hint waiting", role: "status" }, "Drawing the pressure …"));
    get("pressure", chosen).then(({ pictures }) => {
      if (gone) return;
      if (!pictures.length) return none("There is no contact of which pressure could be drawn.");
      fill(main, el("p", { class: "hint" }, "Exploratory until your lab knows how well these repeat: compare within one foot and one session."), el("div", { class: "pictures" }, pictures.map((one) => el("figure", { class: "panel" }, el("h3", {}, one.title), one.png ? [el("img", { src: `data:image/png;base64,${one.png}`, alt: one.title }), el("figcaption", {}, one.caption)] : el("p", { class: "hint" }, one.refusal)))));
    }, (error) => { if (!gone) fill(main, el("p", { class: "finding" }, icon("note"), error.message)); });
  }
  return { leave: () => { gone = true; } };
}
