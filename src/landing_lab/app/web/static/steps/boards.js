// Which boards are there, how well they are heard, and how old their calibrations are.

import { button, el, icon, redrawn } from "../html.js";
import { sentence } from "../header.js";
import { askInsoles, askPlate } from "./calibrate_forms.js";
import { waiting } from "./participant.js";

export function boardsStep(main, { act }) {
  const draw = redrawn();
  const overall = el("div", {}), list = el("div", { class: "boards" }), said = el("div", {}), buttons = el("div", { class: "buttons bar" });
  main.append(el("h2", {}, "Boards"), overall, list, said, buttons);
  const calibrate = async (one, operator) => {
    const wanted = one.sensor_kind === "hx711_plate" ? await askPlate(operator, one) : await askInsoles(operator, one);
    if (wanted) act("calibration/start", wanted);
  };
  return {
    update(state) {
      const { found, findings, silent, warnings } = state.boards, looking = state.job === "look", operator = state.last?.operator ?? "", { drives } = state;
      const plate = found.some((one) => one.sensor_kind === "hx711_plate");
      draw(list, { found, looking, looked: state.looked, drives }, () => found.length
        ? sorted(found).map((one) => board(one, looking, () => calibrate(one, operator)))
        : el("div", { class: "empty" }, icon(looking ? "wait" : "stop"), el("p", { class: "big" }, looking || !state.looked ? "Looking for boards …" : "No board answers."),
          el("p", { class: "hint" }, looking ? "This takes up to ten seconds." : `Plug in the cables of both insoles and the plate. ${again(drives)}`)));
      draw(overall, { found, findings, plate, drives }, () => (found.length ? verdict(found, findings, plate, drives) : ""));
      const others = silent.map(({ port, reason }) => `${port}: ${reason}`);
      // The missing plate stands above, and each card says whether its board was ever calibrated, and when.
      const told = findings.filter(({ name }) => name !== "no plate" && !found.some((one) => name === `calibration ${one.device_id}` && (!one.calibration || one.calibration.expired)));
      draw(said, { warnings, told, others, plate, n: found.length }, () => [
        [...warnings, ...told.map((one) => sentence(one.text))].map((text) => el("p", { class: "finding" }, icon("note"), el("span", {}, text))),
        others.length ? el("details", {}, el("summary", {}, `${others.length} other ${others.length === 1 ? "port does" : "ports do"} not answer`), others.map((text) => el("p", { class: "hint" }, text))) : "",
      ]);
      const left = state.left;
      draw(buttons, { n: found.length, looking, left, busy: state.job }, () => looking ? "" : found.length ? [
        left?.known_protocol
          ? [button(`Continue session ${left.session} of ${left.participant}: ${left.n_accepted} of ${left.n_planned} done${waiting(left)}`, () => act("session/start", { participant: left.participant, continue: left.session }), { primary: true, key: "C" }),
            button("Another athlete", () => act("step", { step: "participant" }), { key: "N" })]
          : button("Use these boards", () => act("step", { step: "participant" }), { primary: true, key: "U" }),
        button("Look again", () => act("boards/look"), { key: "L", kind: "aside" }),
      ] : button("Look for boards", () => act("boards/look"), { primary: true, key: "L" }));
      const primary = buttons.querySelector(".primary");
      if (primary && !document.querySelector("dialog[open]") && (document.activeElement === document.body || document.activeElement?.tagName === "H2")) primary.focus({ preventScroll: true });
    },
  };
}

// Who only watches cannot look by itself.
const again = (drives) => (drives ? "Then look again." : "Then the browser that drives can look again.");

// All boards in one line that is read from afar.
function verdict(found, findings, plate, drives) {
  const doubted = (one) => findings.some(({ name }) => name === `calibration ${one.device_id}`);
  const mute = found.filter((one) => one.link?.problem), rough = found.filter((one) => !one.calibration || one.calibration.method === "bench" || doubted(one));
  const [grade, text, more] = !plate ? ["stop", "The plate is missing", `Insoles alone give no numbers: plug the plate in. ${again(drives)}`]
    : mute.length ? ["stop", `${mute.map(titleOf).join(" and ")} sends nothing`, `Look at its cable. ${again(drives)}`]
    : rough.length ? ["note", `${found.length} boards answer`, `${rough.length === found.length ? "None is calibrated" : `Not calibrated, too long ago, or not as it is now: ${rough.map(titleOf).join(", ")}`}. A session is possible; newton are rough until then.`]
    : ["good", `${found.length} boards are ready`, found.length < 3 ? "An insole is missing: there is then no medial shift of that foot." : "All are calibrated."];
  return el("div", { class: `outcome ${grade}` }, icon({ good: "done", note: "note", stop: "stop" }[grade]), el("div", {}, el("p", { class: "big" }, text), el("p", {}, more)));
}

function sorted(found) {
  const place = (one) => (one.sensor_kind === "hx711_plate" ? 1 : one.placement === "left" ? 0 : 2);
  return [...found].sort((a, b) => place(a) - place(b));
}

function titleOf(one) {
  const where = { left: "left", right: "right" }[one.placement];
  if (one.sensor_kind === "hx711_plate") return where ? `Plate, ${where}` : "Plates, both feet";
  return where ? `${where[0].toUpperCase()}${where.slice(1)} insole` : "Insole";
}

function board(one, looking, calibrate) {
  const link = linkWords(one), age = ageWords(one);
  const grade = link.grade === "stop" ? "stop" : link.grade === "note" || age.grade === "note" ? "note" : "good";
  return el("article", { class: `card board ${grade}` },
    el("h3", {}, icon({ stop: "stop", note: "note", good: "done" }[grade]), titleOf(one)),
    el("p", { class: "id" }, `${one.device_id} · ${one.n_channels} ${one.sensor_kind === "hx711_plate" ? "load cells" : "pressure cells"}`),
    el("dl", {}, el("dt", {}, "Signal"), el("dd", { class: link.grade }, link.text), el("dt", {}, "Calibration"), el("dd", { class: age.grade }, age.text)),
    button("Calibrate …", calibrate, { disabled: looking }));
}

function linkWords(one) {
  const link = one.link;
  if (!link) return { grade: "note", text: "not tried yet" };
  if (link.problem) return { grade: "stop", text: link.problem };
  const rate = link.rate_hz ?? link.frames_per_s;
  const lost = link.lost_frames ? `${link.lost_frames} frames lost while it was looked at` : "nothing lost";
  return { grade: link.lost_frames ? "note" : "good", text: `${link.lost_frames ? "gaps" : "good"}: ${Math.round(rate)} readings a second, ${lost}` };
}

function ageWords(one) {
  const made = one.calibration;
  if (!made) return { grade: "note", text: "never: newton are rough" };
  const days = Math.floor(made.age_days), age = days < 1 ? "today" : days === 1 ? "yesterday" : `${days} days ago`;
  if (made.method === "bench" && !made.expired) return { grade: "note", text: `single cells only: ${age}` };
  return made.expired ? { grade: "note", text: `too old: ${age}` } : { grade: "good", text: age };
}
