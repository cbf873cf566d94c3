// The form of the screening: fields, units, ranges and help come from the server, which alone checks what is typed.

import { el, fill, icon } from "../html.js";

const PLAIN_COMMA = /^-?[0-9]+,[0-9]+$/;

export function makeForm(told) {
  const kept = `screening ${told.participant} ${told.session}`;
  const draft = JSON.parse(sessionStorage.getItem(kept) ?? "{}");
  const inputs = new Map(), saved = new Map();
  const sensors = new Map(told.less.sensors.map((one) => [`less.${one.item}`, one]));
  const status = el("p", { class: "hint", role: "status" });
  const by = el("input", { id: "by", maxlength: 40, autocomplete: "off", value: draft.by ?? "", oninput: keep });

  function keep() {
    const typed = changed();
    if (Object.keys(typed).length) sessionStorage.setItem(kept, JSON.stringify({ entries: typed, by: by.value }));
    else sessionStorage.removeItem(kept);
    count();
  }

  function changed() {
    const found = {};
    for (const [name, input] of inputs) {
      const text = input.value.trim();
      if (text !== saved.get(name)) found[name] = PLAIN_COMMA.test(text) ? text.replace(",", ".") : text;
    }
    return found;
  }

  function count() {
    const n = Object.keys(changed()).length;
    status.textContent = n ? `${n === 1 ? "1 entry is" : `${n} entries are`} not saved yet.` : "";
    for (const group of element.querySelectorAll("details")) {
      const filled = [...group.querySelectorAll("input, select")].filter((one) => one.value.trim()).length;
      group.querySelector(".count").textContent = filled ? `${filled} entered` : "";
    }
  }

  function control(one) {
    const text = asText(told.entries[one.name]);
    saved.set(one.name, text);
    const id = `f-${one.name}`, more = { id, "aria-describedby": `${id}-help`, "data-name": one.name, required: one.required };
    let made;
    if (one.kind === "choice" || one.kind === "yes_no") {
      const choices = one.kind === "yes_no" ? ["yes", "no"] : one.choices;
      made = el("select", { ...more, onchange: keep }, el("option", { value: "" }, one.name.startsWith("less.") ? "not rated by eye" : "not entered"),
        choices.map((value, k) => el("option", { value }, meaning(one, value, k))));
    } else {
      const number = one.kind !== "text";
      made = el("input", { ...more, autocomplete: "off", inputmode: number ? (/from -/.test(one.takes) ? "text" : "decimal") : null, oninput: keep });
    }
    made.value = draft.entries?.[one.name] ?? text;
    inputs.set(one.name, made);
    return made;
  }

  function fieldOf(one) {
    const id = `f-${one.name}`, input = control(one), sensed = sensors.get(one.name);
    const range = one.kind === "number" || one.kind === "whole_number" ? `${one.takes[0].toUpperCase()}${one.takes.slice(1)}. ` : "";
    return el("div", { class: "field" }, el("label", { for: id }, one.label, one.unit ? el("small", {}, ` ${one.unit}`) : "", one.required ? el("small", { class: "tag" }, "needed") : "", one.observation ? el("small", { class: "tag plain" }, "observation of the knee") : ""),
      input, el("div", { id: `${id}-help` }, el("small", { class: "hint" }, range, one.help), sensed ? sensorLine(sensed) : ""), el("div", { class: "wrong", id: `${id}-wrong` }));
  }

  const groups = told.groups.map((group, k) => {
    const parts = [], [title, aside] = group.title.split(/ \(|, /, 2);
    for (let i = 0; i < group.fields.length; i += 1) {
      const [one, next] = [group.fields[i], group.fields[i + 1]];
      if (next && one.name !== next.name && one.name.replace("left", "right") === next.name) {
        parts.push(el("div", { class: "together top" }, fieldOf(one), fieldOf(next)));
        i += 1;
      } else parts.push(fieldOf(one));
    }
    const open = k === 0 || group.fields.some((one) => one.name in (draft.entries ?? {}));
    return el("details", { class: "panel group", open }, el("summary", {}, el("strong", {}, title), aside && k ? el("small", { class: "hint" }, aside.replace(/\)$/, "")) : "", el("span", { class: "count" })), el("div", { class: "fields" }, parts));
  });
  const element = el("form", { class: "entries", novalidate: true, onsubmit: (event) => event.preventDefault() },
    el("p", {}, "Only the first entry is needed; leave out what was not measured."), status, groups, el("div", { class: "panel" }, el("div", { class: "field" }, el("label", { for: "by" }, "Who enters this (initials; kept with the date)"), by), knee(told), history(told)));
  count();

  return {
    element,
    session: told.session,
    changed,
    by: () => by.value.trim(),
    unsaved: () => Object.keys(changed()).length > 0,
    stored() {
      for (const [name, input] of inputs) saved.set(name, input.value.trim());
      sessionStorage.removeItem(kept);
    },
    showWrong(wrong) {
      let first = null;
      for (const [name, input] of inputs) {
        const text = wrong[name], below = document.getElementById(`f-${name}-wrong`);
        fill(below, text ? el("p", { class: "finding stop" }, icon("stop"), el("span", {}, `${text}.`)) : "");
        input.setAttribute("aria-invalid", text ? "true" : "false");
        if (!text) continue;
        input.closest("details").open = true;
        first ??= input;
      }
      const n = Object.keys(wrong).length;
      status.textContent = `Nothing is saved yet: ${n === 1 ? "one entry is" : `${n} entries are`} wrong.${wrong[""] ? ` ${wrong[""]}.` : ""}`;
      (first ?? status).scrollIntoView({ block: "center" });
      first?.focus({ preventScroll: true });
    },
  };
}

const asText = (value) => (value === undefined || value === null ? "" : value === true ? "yes" : value === false ? "no" : String(value));

function meaning(one, value, k) {
  const words = value.replaceAll("_", " "), told = one.meanings[k];
  return !told ? words : /^[0-9]+$/.test(value) ? `${words}: ${told}` : told;
}

// A score from sensors is shown and never sent: only what a person chooses is an entry.
function sensorLine(sensed) {
  const why = sensed.reason.replace(/^LESS [0-9]+: /, "");
  const what = sensed.score === null ? "Sensors cannot say" : sensed.kind === "suggested" ? `Sensors suggest ${sensed.score}, which is not filled in` : `Filled in by sensors: ${sensed.score}; a rating by eye replaces it`;
  return el("p", { class: "sensed", "data-score": sensed.score, "data-kind": sensed.kind }, el("strong", {}, what), ` (${why}).`);
}

function knee(told) {
  if (!told.knee.length) return el("p", { class: "hint" }, told.nothing_of_the_knee);
  return [el("h3", {}, "Observations of the knee, as saved"), el("ul", { class: "plain-list" }, told.knee.map((one) => el("li", {}, one)))];
}

function history({ history: rows }) {
  if (!rows.length) return el("p", { class: "hint" }, "Nothing is saved for this session yet.");
  return [el("h3", {}, "Saved so far"), el("ul", { class: "plain-list" }, rows.map((one) => el("li", {}, `${new Date(one.at).toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" })}${one.by ? `, ${one.by}` : ""}: ${one.fields.join(", ").replaceAll("_", " ") || "nothing changed"}`)))];
}
