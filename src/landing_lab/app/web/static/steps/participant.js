// Who jumps: somebody new or somebody known, or the session that was left unfinished.

import { button, el, icon, redrawn } from "../html.js";
import { choose } from "../dialog.js";
import { sentence } from "../header.js";
import { filesOf } from "./review.js";

const INJURIES = [["", "not asked"], ["none", "none"], ["acl", "ACL, torn once or more"], ["other_knee", "another knee injury"]];
const SIDES = [["", "not known"], ["left", "left"], ["right", "right"], ["both", "both"]];
const MOST_LISTED = 6;
const YES_NO = [["", "not known"], ["yes", "yes"], ["no", "no"]];

export function participantStep(main, { act, page }) {
  const draw = redrawn(), earlier = el("p", { class: "hint earlier" });
  const left = el("div", {}), known = el("div", { class: "people" }), hint = el("p", { class: "hint", id: "id-hint", "aria-live": "polite" }), buttons = el("div", { class: "buttons bar" });
  const id = el("input", { id: "participant", autocomplete: "off", spellcheck: "false", maxlength: 20, "aria-describedby": "id-hint", "data-first": true, oninput: () => changed(true) });
  let of = "", entered = false; // whose history stands in the form; whether somebody entered anything but a pseudonym
  const enter = () => { entered = true; changed(false); };
  const injury = choice("prior_injury", INJURIES, enter), side = choice("prior_injury_side", SIDES, enter), reconstructed = choice("prior_injury_reconstructed", YES_NO, enter);
  const mass = el("input", { id: "mass_kg", oninput: enter, inputmode: "decimal", pattern: "[0-9]+([.,][0-9]+)?", title: "Kilograms, such as 72.5; or leave it empty", autocomplete: "off" });
  const more = el("div", { class: "together" }, field("Side", side), field("Reconstructed?", reconstructed));
  const form = el("form", { class: "panel", onsubmit: (event) => { event.preventDefault(); buttons.querySelector(".primary:not([disabled])")?.click(); } },
    field("Pseudonym", id, hint, earlier), field("Earlier knee injury", injury), more, field("Body mass in kg (empty: weighed on the plates)", mass),
    el("button", { class: "unseen", tabindex: -1, "aria-hidden": "true" }, "Next"));
  main.append(el("h2", {}, "Athlete"), left, el("div", { class: "columns" }, form, el("section", { class: "panel" }, el("h3", {}, "Known athletes"), known)), buttons);

  const people = () => page.state.participants;
  const who = () => people().find((one) => one.id === id.value.trim());

  function changed(typed) {
    const one = who(), text = id.value.trim();
    if (typed && one) fillFrom(one);
    else if (of && of !== text) fillFrom({ id: id.value, history: {} }); // the history of P07 is not that of P078
    more.hidden = !["acl", "other_knee"].includes(injury.value);
    const wrong = text !== "" && !/^[A-Za-z0-9]{1,20}$/.test(text);
    hint.className = wrong || one?.problem ? "finding" : "hint";
    hint.textContent = wrong ? "Letters and digits only, up to 20; never a name." : one?.problem ? sentence(one.problem) : one ? `Known: ${sessions(one.n_sessions)}${one.last?.created_at ? `, the last on ${date(one.last.created_at)}` : ""}.` : text ? "A new athlete." : "Letters and digits, never a name. Keep the list of who is who elsewhere.";
    for (const chip of known.querySelectorAll("button[data-id]")) chip.setAttribute("aria-pressed", chip.dataset.id === text ? "true" : "false");
    draw(earlier, { who: one?.id, labels: one?.sessions ?? [] }, ({ who: whose, labels }) => labels.length ? ["Report and files of session", labels.slice(-MOST_LISTED).reverse().map((label) => el("a", { href: filesOf(whose, label) }, label)), labels.length > MOST_LISTED ? "and older ones in the review" : ""] : "");
    draw(buttons, { wrong: wrong || Boolean(one?.problem), text, sessions: one?.n_sessions, unfinished: one?.left ?? null, other: page.state.left, entered }, () => {
      const unfinished = one?.left?.known_protocol ? one.left : null;
      return [
        unfinished ? button(`Continue session ${unfinished.session}: ${unfinished.n_accepted} of ${unfinished.n_planned} done${waiting(unfinished)}${entered ? ", without what is entered here" : ""}`, () => goOn(unfinished), { primary: !entered }) : "",
        button(unfinished ? "Begin a new session" : "Next: protocol", send, { primary: !unfinished || entered, disabled: wrong || Boolean(one?.problem) || text === "" }),
        one?.n_sessions ? button("Screening", () => act("step", { step: "screening", participant: one.id }), { key: "S" }) : "",
        button("Back to the boards", () => act("step", { step: "boards" }), { kind: "aside" }),
      ];
    });
  }

  function fillFrom(one) {
    [of, entered] = [one.n_sessions === undefined ? "" : one.id, false];
    id.value = one.id;
    injury.value = one.history.prior_injury ?? "";
    side.value = one.history.prior_injury_side ?? "";
    reconstructed.value = one.history.prior_injury_reconstructed === true ? "yes" : one.history.prior_injury_reconstructed === false ? "no" : "";
    mass.value = "";
  }

  const goOn = (one) => act("session/start", { participant: one.participant, continue: one.session });

  async function send() {
    if (!form.reportValidity()) return;
    const hurt = ["acl", "other_knee"].includes(injury.value), text = mass.value.trim().replace(",", ".");
    const wanted = { participant: id.value.trim(), new: !who(), mass_kg: text === "" ? null : Number.isFinite(Number(text)) ? Number(text) : text, prior_injury: injury.value, prior_injury_side: hurt ? side.value : "", prior_injury_reconstructed: hurt ? reconstructed.value : "" };
    const told = await act("athlete", wanted);
    if (!told?.near?.length) return;
    const meant = await choose(`Is ${wanted.participant} somebody new?`, `${told.near.join(" and ")} looks almost the same and is in this dataset already.`,
      [...told.near.map((near, k) => [`It is ${near}`, near, { primary: k === 0 }]), [`${wanted.participant} is new`, true, {}]]);
    if (meant === true) act("athlete", { ...wanted, sure: true });
    else if (meant) { fillFrom(people().find((one) => one.id === meant)); changed(false); }
  }

  return {
    update(state) {
      const one = state.left;
      draw(left, one, () => one?.known_protocol ? el("article", { class: "card left" }, icon("wait"), el("p", {}, el("strong", {}, `Session ${one.session} of ${one.participant} is not finished. `), `${one.title}: ${one.n_accepted} of ${one.n_planned} trials are accepted.`), button("Continue it", () => goOn(one), { kind: "strong" })) : "");
      draw(known, state.participants, () => state.participants.length
        ? state.participants.map((each) => el("button", { type: "button", "data-id": each.id, "aria-pressed": "false", onclick: () => { fillFrom(each); changed(false); buttons.querySelector(".primary")?.focus(); } }, el("strong", {}, each.id), el("small", {}, each.problem ? "cannot be read" : `${sessions(each.n_sessions)}${each.n_left > 1 ? `, ${each.n_left} unfinished` : each.n_left ? ", one unfinished" : ""}`)))
        : el("p", { class: "hint" }, "Nobody yet."));
      changed(false);
    },
  };
}

export function choice(id, options, onchange = null) {
  return el("select", { id, onchange }, options.map(([value, text]) => el("option", { value }, text)));
}

export function field(label, input, ...below) {
  return el("div", { class: "field" }, el("label", { for: input.id }, label), input, below);
}

export function date(text) {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric" });
}

// Jumps that were measured and wait for their verdict: nobody has to jump them again.
export const waiting = (left) => (left.n_open ? `, ${left.n_open} ${left.n_open === 1 ? "waits" : "wait"} for your verdict` : "");
const sessions = (n) => (n === 0 ? "no session yet" : n === 1 ? "1 session" : `${n} sessions`);
