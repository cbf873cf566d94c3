// What the session gave: trial by trial, the means, what is left to do, and where it all lies.

import { button, el, icon, redrawn } from "../html.js";
import { confirm } from "../dialog.js";
import { against } from "../against.js";
import { cells, headings, meanOf } from "../numbers.js";
import { files } from "./files.js";
import { words } from "./protocol.js";
import { reviewOf } from "./review.js";

const VERDICTS = { accepted: ["done", "accepted"], rejected: ["stop", "rejected"], unfinished: ["note", "no verdict"] };

export function summaryStep(main, { act }) {
  const draw = redrawn(), told = el("div", {}), buttons = el("div", { class: "buttons bar" });
  main.append(el("h2", {}, "Session"), told, buttons);
  const undo = async (what) => { if (await confirm("Take the last verdict back?", `${what[0].toUpperCase()}${what.slice(1)}: it is asked for again, and the report is made anew.`, "Take it back")) act("session/undo"); };
  const closer = (summary) => [
    summary.trials?.length ? button("Look closer", () => { location.hash = reviewOf({ participant: summary.participant, session: summary.session }); }, { key: "L", kind: "small" }) : "",
    summary.undoable ? button("Undo the last verdict …", () => undo(summary.undoable), { key: "U", kind: "small drives" }) : ""];
  const screening = ({ participant }) => button("Screening", () => act("step", { step: "screening", participant }), { key: "S", kind: "small drives" });
  return {
    update({ summary, participant, left, boards }) {
      main.querySelector("h2").textContent = summary.participant ? `Session ${summary.session} of ${summary.participant}` : "Session";
      draw(told, summary, () => summary.trials ? [el("div", { class: "top-row" }, over(summary, closer(summary)), files(summary, act, screening(summary))), summary.trials.length ? table(summary) : "", means(summary)] : el("p", { class: "hint" }, "No session yet."));
      const open = left && summary.n_left && left.participant === summary.participant && left.session === summary.session && left.known_protocol;
      const worn = boards.found.some((one) => one.sensor_kind === "fsr_insole" && one.calibration);
      draw(buttons, { worn, summary: summary.session, n_left: summary.n_left, open, participant }, () => [
        open ? button(`Go on: ${summary.n_left} left`, () => act("session/start", { participant: left.participant, continue: left.session }), { primary: true, key: "C" }) : "",
        button("Next athlete", () => act("step", { step: "participant" }), { primary: !open, key: "N" }),
        participant ? button("Another protocol", () => act("step", { step: "protocol", participant }), { key: "P" }) : "",
        worn ? button("Check the insoles", () => act("calibration/start", { kind: "check" }), { key: "I" }) : "",
        button("Boards", () => act("step", { step: "boards" }), { key: "B", kind: "aside" }),
      ]);
    },
  };
}

const despite = (one) => (one.verdict === "accepted" ? against(one.notes) : "");

function over(summary, buttons) {
  const all = summary.n_left === 0;
  return el("div", { class: `outcome ${all ? "good" : "note"}` }, icon(all ? "done" : "wait"), el("div", {}, el("p", { class: "big" }, `${summary.n_accepted} of ${summary.n_planned} trials accepted`),
    el("p", {}, summary.protocol, all ? "" : `. Still to do: ${summary.left.map((one) => `${one.number}${one.condition ? ` ${words(one.condition)}` : ""}`).join(", ")}`, summary.left_out.length ? `. Left out after three attempts: ${summary.left_out.join(", ")}` : "", "."), el("div", { class: "buttons" }, buttons)));
}

function table(summary) {
  const conditions = summary.trials.some((one) => one.condition);
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Trials" }, el("table", {},
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Run"), conditions ? el("th", { scope: "col" }, "Condition") : "", el("th", { scope: "col" }, "Verdict"), headings(summary.columns))),
    el("tbody", {}, summary.trials.map((one) => el("tr", { class: one.verdict }, el("th", { scope: "row" }, one.run), conditions ? el("td", {}, words(one.condition)) : "", el("td", { class: "verdict", title: despite(one) || null }, el("span", { class: despite(one) ? "despite" : null }, icon(despite(one) ? "note" : VERDICTS[one.verdict][0]), VERDICTS[one.verdict][1], despite(one) ? " against a STOP" : ""), [one.reason, one.unread, one.verdict === "unfinished" && `Look closer shows its numbers. It does not count; ${one.open ? "you are asked about it when the session goes on" : "the trial is recorded anew"}.`].filter(Boolean).map((text) => el("small", {}, text))),
      cells(one))))),
    summary.columns.some((one) => one.unit === "BW") ? el("p", { class: "hint under-table" }, "BW: body weights.") : "");
}

function means({ means: found }) {
  if (!found) return "";
  const rough = found.left_out ? el("p", { class: "hint" }, `${found.left_out} of the accepted trials are not in the means: their numbers have a reservation, which the report states.`) : "";
  if (!found.lines.length) return rough;
  return [el("h3", {}, "Mean ± SD between accepted trials"), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Means" }, el("table", { class: "means" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, ""), found.conditions.map((one) => el("th", { scope: "col", class: "number" }, one)))),
    el("tbody", {}, found.lines.map((line) => el("tr", {}, meanOf(line), line.means.map((text) => el("td", { class: "number" }, text))))))),
    found.lines.some((line) => line.flagged) ? el("p", { class: "hint" }, "* holds a number with a reservation, which the report states.") : "", rough];
}
