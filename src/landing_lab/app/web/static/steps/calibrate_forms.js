// What is entered before a calibration: known masses of a plate or of single cells, marks for the heels of insoles.

import { el } from "../html.js";
import { choose } from "../dialog.js";
import { fold, tick, ticked } from "../fold.js";

const MASSES = "\\s*[0-9]+([.,][0-9]+)?([ ;]+[0-9]+([.,][0-9]+)?)+\\s*";
const kept = (name, fallback) => localStorage.getItem(`landing-lab-${name}`) ?? fallback;
const keep = (name, value) => localStorage.setItem(`landing-lab-${name}`, value);
const number = (field) => { const text = field.value.trim(); return text === "" ? null : Number(text.replace(",", ".")); };
const numbers = (field) => field.value.split(/[\s;]+/).filter(Boolean).map((text) => Number(text.replace(",", "."))).map((one) => (Number.isNaN(one) ? "?" : one));
const row = (label, field, hint = "") => el("div", { class: "field" }, el("label", { for: field.id }, label), field, hint ? el("small", { class: "hint" }, hint) : "");
const together = (...rows) => el("div", { class: "together" }, rows);
const decimal = (id, { value = "", negative = false, like = "21" } = {}) =>
  el("input", { id, value, inputmode: negative ? null : "decimal", pattern: `${negative ? "-?" : ""}[0-9]+([.,][0-9]+)?`, title: `A number, such as ${like}`, autocomplete: "off" });
const massesField = (value, title) => el("input", { id: "masses", value, autocomplete: "off", "data-first": true, required: true, pattern: MASSES, title });

// Who, how warm, and what else is to be stored: the same of every calibration.
function aboutIt(operator, { warm = true } = {}) {
  const who = el("input", { id: "calibrated_by", value: operator, maxlength: 40 }), note = el("input", { id: "calibration_note", maxlength: 200, autocomplete: "off" }), room = decimal("temperature_c", { negative: true });
  return {
    who: row("Your initials", who),
    more: warm ? together(row("Note", note), row("Room temperature, °C", room)) : row("Note", note),
    read: () => ({ operator: who.value, note: note.value, temperature_c: number(room) }),
  };
}

export function askPlate(operator, { device_id }) {
  const masses = massesField(kept("masses", "5 10 20"), "Two or more numbers with blanks between, such as 5 10 20");
  const known = el("select", { id: "mass_sd_pct" }, [["0.1", "on a good scale (0.1 %)"], ["0.5", "on a kitchen scale (0.5 %)"], ["2", "gym weights, as marked (2 %)"]].map(([value, text]) => el("option", { value }, text)));
  const corner = decimal("corner_cm", { value: kept("corner-cm", "11"), like: "11" }), mode = decimal("mode_hz", { like: "130" });
  const common = tick("common_scale", "No corner can be loaded: one scale for all cells", { hint: "Right only where the masses lay." });
  const quick = tick("quick", "Quick unloading and knocks at the end", { checked: true, hint: "They tell how much the plate smooths and how fast it rings; without them both stay unknown." });
  const about = aboutIt(operator);
  known.value = kept("mass-sd", "0.1");
  if (known.selectedIndex < 0) known.value = "0.1";
  return asked("Calibrate the plates", "Known masses go on each plate, one after the other; every step is seen and read by itself. Five minutes for both plates where the masses lie ready, ten where they are carried.", [
    row("Known masses in kg, with blanks between", masses, "Two or more, better three: 5, 10 and 20 kg do. Weighed water canisters will do, or a person weighed just now."),
    together(row("How well are they known?", known), about.who),
    fold("More", together(row("Corners, cm from the middle", corner), row("Ringing of the plate (first mode), if measured elsewhere, Hz", mode)), common, quick, about.more),
  ], () => {
    keep("masses", masses.value);
    keep("mass-sd", known.value);
    keep("corner-cm", corner.value);
    return {
      kind: "plate", device_id, masses_kg: numbers(masses), mass_sd_pct: Number(known.value), corner_mm: corner.value.trim() === "" ? null : Math.round(100 * number(corner)) / 10,
      mode_hz: number(mode), common_scale: ticked(common), quick: ticked(quick), ...about.read(),
    };
  });
}

// One after the other: what is to be done with the insoles, then what that needs.
export async function askInsoles(operator, one) {
  const what = await choose("Insoles", "What do you want to do?", [], (close) => el("div", { class: "choices" },
    big("On the plate, worn", "Two minutes, every visit. The athlete stands, leans and hops.", () => close("insoles"), true),
    big("Check only", "Half a minute, at the end of a visit: do the insoles still agree with the plate?", () => close("check")),
    big("Cell by cell, on a table", "Ten minutes per insole, with small masses: a new insole, or one in doubt.", () => close("bench"))));
  return what === "bench" ? askBench(operator, one) : what === "check" ? askCheck(operator) : what === "insoles" ? askWorn(operator, one) : null;
}

const big = (title, text, onclick, first = false) => el("button", { type: "button", class: first ? "primary" : null, "data-first": first, onclick }, el("span", {}, el("strong", {}, title), el("small", {}, text)));
const sideOf = ({ placement }) => (["left", "right"].includes(placement) ? placement : "both");

function askWorn(operator, one) {
  const heel = kept("heel", "").split(" ");
  const medial = decimal("heel_medial", { value: heel[0] ?? "", negative: true, like: "0" }), anterior = decimal("heel_anterior", { value: heel[1] ?? "", negative: true, like: "-130" }), turned = decimal("toe_out_deg", { negative: true, like: "5" });
  const side = el("select", { id: "side" }, el("option", { value: "both" }, "both insoles"), sideOf(one) === "both" ? "" : el("option", { value: one.placement }, `only the ${one.placement} one`));
  const laws = tick("bench_laws", "Use what the table told of single cells, where it did", { checked: true });
  const about = aboutIt(operator);
  for (const field of [medial, anterior]) {
    field.dataset.first = field === medial;
    field.addEventListener("input", () => [medial, anterior].forEach((each) => each.setCustomValidity("")));
  }
  return asked("Insoles on the plate", "The athlete wears the insoles and stands on the plates, one foot on each.", [
    together(row("Heel mark, towards the inside, mm", medial), row("Heel mark, forwards, mm", anterior)),
    el("small", { class: "hint" }, "Where the middle of the heel edge stands, from the middle of each plate, such as 0 and -130. Leave both empty without marks: the medial shift is then two to five times less sure."),
    about.who,
    fold("More", together(row("Marks turn the toes outwards, degrees", turned), row("Which", side)), laws, about.more),
  ], () => {
    keep("heel", `${medial.value.trim()} ${anterior.value.trim()}`);
    return { kind: "insoles", heel_medial_mm: number(medial), heel_anterior_mm: number(anterior), toe_out_deg: number(turned), side: side.value, bench_laws: ticked(laws), ...about.read() };
  }, () => {
    if ((medial.value.trim() === "") === (anterior.value.trim() === "")) return;
    (medial.value.trim() === "" ? medial : anterior).setCustomValidity("Both numbers, or none");
  });
}

function askCheck(operator) {
  const about = aboutIt(operator, { warm: false });
  return asked("Check the insoles", "The athlete wears the insoles and stands on the plates, one foot on each. Half a minute.", [about.who, about.more], () => ({ kind: "check", ...about.read() }), null, true);
}

function askBench(operator, one) {
  const masses = massesField(kept("cell-masses", "0.1 0.2 0.5 1 2 4"), "Five or more numbers with blanks between, such as 0.1 0.2 0.5 1 2 4");
  const about = aboutIt(operator), side = sideOf(one);
  return asked(`${side === "both" ? "Insole" : `${side[0].toUpperCase()}${side.slice(1)} insole`}, cell by cell`, "The insole lies flat on a hard table. Each mass goes on each cell alone, on a disc of the cell's size, up and down again.", [
    row("Known masses in kg, with blanks between", masses, "Five or more, up to what a step puts on a cell, 4 kg and more: only then the bend of a cell that saturates is seen."),
    about.who, fold("More", about.more),
  ], () => {
    keep("cell-masses", masses.value);
    return { kind: "bench", side, masses_kg: numbers(masses), ...about.read() };
  });
}

function asked(title, text, entries, read, check = null, first = false) {
  return choose(title, text, [el("button", { class: "primary", form: "entries", "data-first": first }, "Start")], (close) => {
    const form = el("form", { id: "entries", novalidate: check !== null, onsubmit: (event) => {
      event.preventDefault();
      check?.();
      if (form.reportValidity()) close(read());
    } }, entries);
    return form;
  });
}
