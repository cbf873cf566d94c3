// A trial while it happens, its result, and the verdict on it: all on one screen, nothing to scroll.

import { button, el, icon, redrawn } from "../html.js";
import { askText, confirm } from "../dialog.js";
import { sentence } from "../header.js";
import { ring } from "../bell.js";
import { makeInstrument } from "../instrument.js";
import { cardTiles } from "./card.js";
import { against } from "../against.js";
import { words } from "./protocol.js";
import { reviewOf } from "./review.js";

// phase or stage of the session -> [kind of banner, picture, word]
const STATES = {
  boards: ["wait", "wait", "WAITING"], stand: ["wait", "stand", "WEIGHING"], weighed: ["wait", "stand", "WEIGHED"], armed: ["armed", "armed", "ARMED"], moving: ["recording", "recording", "RECORDING"],
  landed: ["landed", "landed", "LANDED"], complete: ["landed", "landed", "LANDED"], measuring: ["wait", "wait", "MEASURING"], verdict: ["result", "result", "RESULT"], writing: ["wait", "wait", "WRITING"],
  reporting: ["wait", "wait", "REPORT"], over: ["wait", "done", "OVER"], starting: ["wait", "wait", "WAITING"], away: ["wait", "wait", "WAITING"],
};
const UNWEIGHED = ["wait", "stand", "WAITING"]; // empty plates give the zero first, and then the weight
const BEFORE_THE_JUMP = ["stand", "weighed", "armed"];

export function trialStep(main, { act, page }) {
  const draw = redrawn();
  const banner = el("div", { id: "banner" }), spoken = el("p", { class: "unseen", "aria-live": "assertive" }), findings = el("div", { class: "findings", "aria-live": "polite", tabindex: 0, role: "region", "aria-label": "What was noticed" });
  const card = el("section", { id: "card", "aria-label": "Result", "aria-live": "polite" }), buttons = el("div", { class: "buttons bar", id: "verdict" });
  const links = el("ul", { class: "links", "aria-label": "Boards" }), plan = el("ol", { class: "plan", "aria-label": "Trials of this session" });
  const instrument = makeInstrument(page);
  const alone = el("p", { class: "alone" }, icon("note"), el("span", {}, el("strong", {}, "Trials without a STOP are accepted by themselves."), " A STOP asks; Undo takes the last one back."));
  main.append(el("h2", { class: "unseen" }, "Trials"), banner, spoken, alone, el("div", { class: "instrument" }, instrument.parts, el("aside", {}, links, findings)), card, plan, buttons);

  const tell = (kind, text = "") => act("session/command", { kind, text });
  // One verdict per trial: a second click before the lab has heard the first must neither judge the next trial nor
  // answer the question whether to accept all the same.
  const judge = async (kind, text = "") => {
    if (performance.now() - judged_ms < 700) return;
    judged_ms = performance.now();
    const all = [...buttons.querySelectorAll("button")];
    all.forEach((one) => { one.disabled = true; });
    if ((await tell(kind, text)) === null) all.forEach((one) => { one.disabled = false; });
  };
  const note = async () => { const text = await askText("Note", "Goes with this trial"); if (text) tell("note", text); };
  const quit = async () => { if (await confirm("End the session?", `${missing(plan_lines)}Everything recorded is kept. It can be continued later.`, "End it")) tell("quit"); };
  let plan_lines = [], reasons = [], before = "", accepted = null, judged_ms = -Infinity, last = null;
  const reject = async () => { const text = await askText("Why is it rejected?", "Another reason", { suggestions: reasons, yes: "Reject" }); if (text) judge("reject", text); };

  return {
    frame: instrument.frame,
    update(state) {
      const session = state.session;
      instrument.update(state);
      reasons = state.reasons;
      plan_lines = session?.plan ?? [];
      const phase = session?.phase ?? "starting", stops = (session?.findings ?? []).filter((one) => one.level === "stop");
      const at = phase === "recording" ? session.stage : phase;
      if (phase !== "verdict") judged_ms = -Infinity;
      alone.hidden = !session?.accepts;
      told(session);
      const [kind, picture, word] = at === "weighed" && !session.weight_n ? UNWEIGHED : STATES[at] ?? STATES.starting, look = stops.length && phase !== "reporting" ? "stop" : kind;
      signal(`${at} ${stops.map((one) => one.name).join()}`, at, stops, state.drives);
      banner.className = look;
      document.body.dataset.state = look;
      draw(banner, { at, look, headline: session?.headline, instruction: session?.instruction, number: session?.number, n: session?.n_planned, condition: session?.condition, weight: Math.round(session?.weight_n ?? 0), confirming: session?.confirming, drives: state.drives, told: preparing(session) ? toDo(session, state.drives) : "", stop: stops[0]?.text }, () => [
        el("div", { class: "state" }, icon(look === "stop" ? "stop" : picture), el("span", {}, look === "stop" && phase === "recording" ? "STOP" : word)),
        el("div", { class: "words" }, el("strong", { class: "headline" }, look === "stop" && phase === "recording" ? "STOP" : heading(phase, session, state.drives)), el("p", {}, look === "stop" && phase === "recording" ? `${BEFORE_THE_JUMP.includes(at) ? "DO NOT JUMP. " : ""}${said(stops[0].text)}` : toDo(session, state.drives))),
        session?.number ? el("div", { class: "count" }, el("strong", {}, `${session.number} of ${session.n_planned}`), session.condition ? el("span", {}, words(session.condition)) : "", session.weight_n ? el("small", {}, `${(session.weight_n / 9.80665).toFixed(1)} kg`) : "") : "",
      ]);
      draw(links, (session?.links ?? []).map(health), (all) => all.map(({ grade, name, text }) => el("li", { class: grade }, icon({ good: "done", note: "note", stop: "stop" }[grade]), el("span", {}, name), el("small", {}, text))));
      draw(findings, [...judged(session), ...(session?.findings ?? []), ...noted(session), ...alsoSaid(session)], (all) => all.map((one) => one.name === "judged" || one.name === "noted" ? el("p", { class: `finding ${one.name}` }, icon(one.icon), el("span", {}, one.text)) : el("p", { class: one.level === "stop" ? "finding stop" : "finding" }, icon(one.level === "stop" ? "stop" : "note"), el("span", {}, el("strong", {}, one.level === "stop" ? "STOP " : "note "), said(one.text)))));
      if (session?.cards?.length) last = { cards: session.cards, number: session.number, run: session.run };
      const old = !session?.cards?.length && last !== null;
      draw(card, { shown: last, old }, () => cardTiles(last?.cards ?? [], old ? `Trial ${last.number} (run ${String(last.run).padStart(2, "0")}), the one before` : "", phase));
      card.classList.toggle("old", old);
      draw(plan, session?.plan ?? [], (lines) => lines.map((line) => el("li", { class: `${line.status.replace(" ", "-")}${against(line.notes) ? " despite" : ""}`, title: against(line.notes) || null, "aria-current": line.status === "now" ? "step" : null }, line.status === "accepted" ? icon(against(line.notes) ? "note" : "done") : "", el("span", {}, `${line.number}${line.condition ? ` ${words(line.condition)}` : ""}`), against(line.notes) ? el("span", { class: "unseen" }, against(line.notes)) : "", line.status === "left out" ? " left out" : "")));
      const changed = draw(buttons, { phase, undo: session?.undoable, against: stops.length > 0, confirming: session?.confirming }, () => pressables(phase, session, stops.length > 0));
      if (changed && phase === "verdict" && !document.querySelector("dialog[open]")) buttons.querySelector(".primary")?.focus({ preventScroll: true });
    },
  };

  function pressables(phase, session, stopped) {
    if (phase === "verdict") {
      const again = session.confirming, accept = button(again ? "Accept all the same" : "Accept", () => judge("accept"), { primary: !stopped, key: "A" }), repeat = button("Repeat", () => judge("repeat"), { primary: stopped, key: "P" });
      // Where something speaks against it, neither Enter nor a second tap at the same place accepts.
      return [stopped ? [repeat, again ? "" : accept] : [accept, repeat], button("Reject …", reject, { key: "R" }), button("Note …", note, { key: "N" }), button("Look closer", () => closer(session), { key: "L" }), again ? accept : "", button("Quit …", quit, { key: "Q", kind: "aside" })];
    }
    if (phase === "starting" || phase === "away") return button("Quit …", quit, { key: "Q", kind: "aside" });
    if (phase !== "recording") return "";
    return [session.undoable ? button("Undo the last verdict", () => tell("undo"), { key: "U" }) : "", button("End this trial", () => tell("end"), { key: "E" }), button("Note …", note, { key: "N" }), button("Quit …", quit, { key: "Q", kind: "aside" })];
  }

  // Nobody is asked about these, so nothing else says that one is over.
  function told(session) {
    const done = (session?.plan ?? []).filter((one) => one.status === "accepted").length;
    if (session?.accepts && accepted !== null && done > accepted) { ring("result"); spoken.textContent = "Accepted"; }
    if (session?.plan) accepted = done;
  }

  function signal(now, at, stops, drives) {
    if (now === before) return;
    before = now;
    if (stops.length) ring("stop");
    else if (at === "away") ring("stop");
    else if (at === "armed") ring("armed");
    else if (at === "verdict") ring("result");
    spoken.textContent = stops.length ? `Stop: ${said(stops[0].text)}` : { away: "A board is away.", armed: "Armed", moving: "Recording", landed: "Landed", verdict: drives ? "Result. Your verdict?" : "Result." }[at] ?? "";
  }
}

// What was said when the session began and in this trial, and is no finding of now.
function alsoSaid(session) {
  const there = (session?.findings ?? []).map((one) => one.text);
  return (session?.said ?? []).filter((text) => !there.includes(text)).map((text) => ({ name: "said", level: session.stops?.includes(text) ? "stop" : "warn", text }));
}

// The verdict given last, until the next result: nothing else says what became of a rejected trial.
function judged(session) {
  const text = session?.judged;
  return text ? [{ name: "judged", icon: /accepted\.$/.test(text) ? "done" : "note", text: sentence(text) }] : [];
}

function noted(session) {
  return (session?.notes ?? []).map((text) => ({ name: "noted", icon: "done", text: `Note saved: ${text}` }));
}

// How many of the planned trials are not accepted, as a sentence.
function missing(lines) {
  const n_open = lines.filter((one) => one.status === "now" || one.status === "open").length;
  return n_open ? `${n_open} of ${lines.length} planned trials ${n_open === 1 ? "is" : "are"} not accepted yet. ` : "";
}

const preparing = (session) => !session?.phase || session.phase === "starting";

function heading(phase, session, drives) {
  if (phase === "verdict" && !drives) return "WAITING FOR THE VERDICT";
  if (phase === "verdict") return session.confirming ? "SURE?" : "YOUR VERDICT?";
  return session?.headline ?? "GETTING READY";
}

// What to do next, without repeating what stands above it. Who only watches is told who does it.
function toDo(session, drives) {
  if (preparing(session)) return ["Opening the boards and warming up, up to a minute on a slow computer.", session?.phase ? "" : session?.said?.at(-1)].filter(Boolean).join(" ");
  if (session.phase === "away") return `${said(session.instruction)}.`;
  const stop = session?.findings?.find((one) => one.level === "stop");
  const decides = drives ? "" : "The browser that drives decides.";
  if (session?.phase === "verdict" && session.confirming) return `Something speaks against this trial. ${decides || "Accept it all the same?"}`;
  if (session?.phase === "verdict" && stop) return `${said(stop.text)}. ${decides}`;
  if (session?.phase === "verdict" && !drives) return decides;
  if (session?.phase === "verdict") return "Look at the numbers, then accept, reject or repeat.";
  const text = (session?.instruction ?? "").replace(/^(weighing|weighed|landed|plates empty|done): /, "");
  const same = session?.headline?.toLowerCase() ?? "";
  return !text || same.includes(text.toLowerCase()) ? "" : `${text[0].toUpperCase()}${text.slice(1)}`;
}

// Boards by the names that stand beside them on the page.
const said = (text) => { const named = text.replace(/insole_(left|right)/g, "$1 insole"); return `${named[0].toUpperCase()}${named.slice(1)}`; };

function health(link) {
  const name = link.name === "plate" ? "Plate" : link.name.startsWith("insole_left") ? "Left insole" : link.name.startsWith("insole_right") ? "Right insole" : words(link.name);
  if (link.silent) return { grade: "stop", name, text: `silent ${Math.round(link.silent_s)} s` };
  const lost = link.lost_fraction > 0.002 ? `${(100 * link.lost_fraction).toFixed(1)} % lost` : "";
  return { grade: link.away || link.lost_fraction > 0.05 ? "stop" : lost ? "note" : "good", name, text: link.away ? "was away" : lost || (link.rate_hz ? `${Math.round(link.rate_hz / 10) * 10} Hz` : "…") };
}

function closer(session) {
  location.hash = reviewOf({ participant: session.participant, session: session.session, task: "-", run: session.run });
}
