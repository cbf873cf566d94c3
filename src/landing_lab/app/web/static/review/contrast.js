// Two conditions compared over athletes or for one, and the sessions of one athlete, as the commands compare them.

import { button, el, fill, icon } from "../html.js";
import { choice, field } from "../steps/participant.js";

export function contrastView(main, { get, chosen, wanted }) {
  const place = el("div", { "aria-live": "polite" }), picture = el("figure", { class: "panel contrast-picture" });
  const what = choice("contrast-what", [["all", "Conditions, all athletes"], ["one", `Conditions, ${chosen.participant}`], ["sessions", `Sessions of ${chosen.participant}`]], () => { wanted.what = what.value; load(); });
  const pair = el("div", { class: "choices" });
  let asked = 0, shown = 0, gone = false;
  what.value = wanted.what;
  fill(main, el("div", { class: "choices" }, field("Compare", what), pair), place);

  const question = () => ({ ...chosen, what: wanted.what === "sessions" ? "sessions" : "conditions", who: wanted.what === "one" ? "one" : "all", first: wanted.first ?? "", second: wanted.second ?? "" });

  async function load() {
    const own = ++asked;
    fill(place, el("p", { class: "hint waiting", role: "status" }, "Comparing …"));
    let found;
    try {
      found = await get("contrast", question());
    } catch (error) {
      if (own === asked && !gone) { fill(place, el("p", { class: "finding" }, icon("note"), error.message)); wanted.first = wanted.second = ""; }
      return;
    }
    if (own !== asked || gone) return;
    if (wanted.what === "sessions") { fill(pair); fill(place, sessions(found), under(found)); return; }
    pairs(found);
    if (found.refusal) { fill(place, el("p", { class: "hint waiting" }, found.refusal)); return; }
    if (found.rows.every((one) => one.cells.includes("refused"))) {
      // a table of nothing but refusals says no more than its reason
      const own = wanted.what === "all" ? button(`Conditions of ${chosen.participant} alone`, () => { what.value = wanted.what = "one"; load(); }) : "";
      fill(place, el("h3", {}, found.title), found.reasons.map((one) => el("p", { class: "finding" }, icon("note"), el("span", {}, `Refused: ${one.replace(/^\[\d+\] /, "")}.`))), own, found.notes.map((one) => el("p", { class: "hint" }, one)), pictureOf(found), picture);
    } else fill(place, el("h3", {}, found.title), table(found), under(found), pictureOf(found), picture);
    fill(picture);
    draw(found.rows[0]);
  }

  function pairs(found) {
    if (found.refusal) return fill(pair);
    const names = found.conditions.map((one) => [one.name, one.label]), ask = () => { [wanted.first, wanted.second] = [first.value, second.value]; load(); };
    const first = choice("contrast-first", names, ask), second = choice("contrast-second", names, ask);
    [first.value, second.value] = [found.first, found.second];
    fill(pair, names.length > 2 ? [field("First", first), field("Second", second)] : "");
  }

  function pictureOf(found) {
    const which = choice("contrast-row", found.rows.map((one, at) => [String(at), name(one)]), () => draw(found.rows[Number(which.value)]));
    return el("div", { class: "choices" }, field("Picture of", which));
  }

  async function draw(row) {
    const own = ++shown;
    if (!picture.children.length) fill(picture, el("p", { class: "hint waiting", role: "status" }, "Drawing …"));
    try {
      const { png } = await get("contrast_picture", { ...question(), metric: row.name, of_side: row.side });
      if (own === shown && !gone) fill(picture, el("img", { src: `data:image/png;base64,${png}`, alt: `${name(row)}: every athlete in both conditions, and the differences` }));
    } catch (error) {
      if (own === shown && !gone) fill(picture, el("p", { class: "finding" }, icon("note"), error.message));
    }
  }

  load();
  return { leave: () => { gone = true; } };
}

const name = (one) => `${one.label}${one.side_label ? `, ${one.side_label}` : ""}`;
const head = (one) => el("th", { scope: "row" }, name(one), one.unit ? el("small", {}, one.unit) : "");

function table({ columns, rows }) {
  const last = columns.length - 1, cell = (text, at, one) => el("td", { class: "number" }, text === "refused" || at === last ? [text, one.mark && (text === "refused" || !one.cells.includes("refused")) ? el("small", {}, one.mark) : ""] : spread(text));
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Comparison of conditions" }, el("table", { class: "contrast" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Number"), columns.map((one) => el("th", { scope: "col", class: "number" }, one, one === "Difference" ? el("small", {}, "95 % interval") : "")))),
    el("tbody", {}, rows.map((one) => el("tr", {}, head(one), one.cells.map((text, at) => cell(text, at, one)))))));
}

// A value, and its interval or spread below it.
function spread(text) {
  const at = text.indexOf(" (");
  return at < 0 ? text : [text.slice(0, at), el("small", {}, text.slice(at + 2, -1))];
}

function sessions({ title, sessions: labels, rows }) {
  return [el("h3", {}, title), el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Comparison of sessions" }, el("table", { class: "contrast" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Number"), labels.map((one) => el("th", { scope: "col", class: "number" }, one, el("small", {}, "mean ± standard error"))), ["Last minus first", "Least detectable change", "Judgement"].map((one) => el("th", { scope: "col", class: "number" }, one)))),
    el("tbody", {}, rows.map((one) => el("tr", {}, head(one), one.means.map((mean) => el("td", { class: "number" }, mean ? [mean.value, el("small", {}, `n = ${mean.n}`)] : "–")), [one.change, one.detectable].map((text) => el("td", { class: "number" }, text)), el("td", { class: "number" }, one.judgement, one.mark ? el("small", {}, one.mark) : ""))))))];
}

function under({ reasons = [], legend, pair, notes = [] }) {
  return [...reasons, legend, pair, ...notes].filter(Boolean).map((one) => el("p", { class: "hint" }, one));
}
