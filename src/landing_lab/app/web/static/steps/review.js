// The review: recorded trials of any session, beside the flow. The address says what is looked at (#review/P07/01/...),
// so that a reload and the browser's own way back work; the lab itself does not move a step.

import { button, el, fill, icon, redrawn } from "../html.js";
import { sentence } from "../header.js";
import { against } from "../against.js";
import { ask } from "../server.js";
import { choice, date, field } from "./participant.js";
import { files } from "./files.js";
import { words } from "./protocol.js";
import { compareView } from "../review/compare.js";
import { contrastView } from "../review/contrast.js";
import { pressureView, signalView } from "../review/signal.js";
import { thresholdView } from "../review/threshold.js";
import { trialView } from "../review/trial.js";

const OF_SESSION = ["compare", "contrast", "files"];
const TABS = [["trial", "Trial"], ["compare", "Compare"], ["contrast", "Contrast"], ["threshold", "Threshold"], ["signal", "Signal"], ["pressure", "Pressure"], ["files", "Files"]];
const VERDICTS = { accepted: "done", rejected: "stop", unfinished: "note" };

const despite = (one) => (one.verdict === "accepted" ? against(one.notes) : "");

export const reviewing = () => location.hash.startsWith("#review");

// The address of the files of a session.
export const filesOf = (participant, session) => reviewOf({ participant, session, task: "-", run: "0", tab: "files" });

// The address of a trial, a session, or the newest of all.
export function reviewOf({ participant, session, task, run, tab, jump } = {}) {
  return `#${["review", participant, session, task, run, tab, jump === 1 ? undefined : jump].filter((one) => one !== undefined && one !== "").map(encodeURIComponent).join("/")}`;
}

function where() {
  const parts = location.hash.slice(1).split("/").map((one) => { try { return decodeURIComponent(one); } catch { return ""; } });
  return { participant: parts[1], session: parts[2], task: parts[3], run: parts[4], tab: TABS.some(([name]) => name === parts[5]) ? parts[5] : "trial", jump: /^[1-9][0-9]*$/.test(parts[6] ?? "") ? Number(parts[6]) : 1 };
}

async function get(name, asked = {}) {
  const answer = await fetch(`/api/review/${name}?${new URLSearchParams(asked)}`, { headers: { "x-landing-lab": "1" } }).catch(() => { throw new Error("The lab does not answer: is landing-lab serve still running?"); });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ? `${told.error[0].toUpperCase()}${told.error.slice(1)}.` : `The lab refused this (${answer.status}).`);
  return told;
}

export function reviewStep(main, { act, notice, page }) {
  const draw = redrawn(), running = el("div", {}), choices = el("div", { class: "choices top" }), trials = el("div", { class: "trials", role: "group", "aria-label": "Trials" });
  const jumps = el("div", { class: "of-file" }), facts = el("p", { class: "facts-line" }), tabs = el("div", { class: "tabs", role: "tablist", "aria-label": "What to look at" }), body = el("div", { class: "review-body", id: "review-body", role: "tabpanel", "aria-labelledby": "tab-trial" });
  main.append(el("h2", { class: "unseen" }, "Review"), running, el("div", { class: "review-top" }, choices, trials), el("div", { class: "tab-row" }, tabs, facts), jumps, body);
  const remembered = { compare: { by: "run", side: "total", align: "touchdown" }, contrast: { what: "all" }, threshold: {} };
  let people = [], charts = "", session = null, look = null, view = null, step = 0, gone = false, told = "";

  const go = (more) => { location.hash = reviewOf({ ...where(), ...more }); };
  const back = () => { history.replaceState(null, "", location.pathname); dispatchEvent(new HashChangeEvent("hashchange")); };
  const drives = () => page.state.drives;
  const key = (event) => { if (event.key === "Escape" && !event.defaultPrevented && !document.querySelector("dialog[open]") && !event.target.matches?.("input, select")) back(); };
  const moves = () => { if (reviewing()) load(); };
  addEventListener("hashchange", moves);
  document.addEventListener("keydown", key);

  async function load() {
    const own = ++step, stale = () => gone || own !== step;
    try {
      if (!body.children.length) fill(body, el("p", { class: "hint waiting", role: "status" }, "Loading …"));
      if (!people.length) ({ people, charts } = await get("people"));
      if (stale()) return;
      const at = resolved(where());
      if (!at.participant) return empty("Nobody is in this dataset yet. Record a session first.");
      if (!at.session) { select(at); return empty(at.problem || `${at.participant} has no session yet.`); }
      session = await get("session", { participant: at.participant, session: at.session });
      if (stale()) return;
      const entry = session.trials.findLast((one) => (at.task === "-" || one.task === at.task) && String(one.run) === at.run) ?? session.trials.find((one) => one.verdict === "accepted") ?? session.trials[0];
      select(at);
      chips(entry, at.tab);
      if (at.tab === "files") return ofFiles();
      if (!entry) return empty("No trial was recorded in this session.");
      const chosen = { participant: at.participant, session: at.session, task: entry.task, run: entry.run, index: at.jump - 1 };
      await open(at.tab, chosen, entry, stale);
    } catch (error) {
      if (!stale()) { close(); fill(body, el("p", { class: "finding" }, icon("note"), error.message)); }
    }
  }

  // What the address leaves open: the athlete of the lab, and the newest session.
  function resolved(at) {
    const who = people.find((one) => one.id === (at.participant ?? page.state.participant)) ?? (at.participant ? null : people.find((one) => one.sessions.length)) ?? null;
    if (at.participant && !who) throw new Error(`${at.participant} is not in this dataset.`);
    return { ...at, participant: who?.id, session: at.session ?? who?.sessions.at(-1), problem: sentence(who?.problem ?? "") };
  }

  function ofFiles() {
    close();
    const { participant, session: label } = session, n_accepted = session.trials.filter((one) => one.verdict === "accepted").length;
    fill(body, files({ participant, session: label, n_accepted }, act));
  }

  async function open(tab, chosen, entry, stale) {
    close();
    if (charts) fill(body, el("p", { class: "finding" }, icon("note"), charts));
    if (OF_SESSION.includes(tab)) { fill(jumps); view = { compare: compareView, contrast: contrastView }[tab](body, { get, chosen, wanted: remembered[tab] }); page.review = view; return; }
    if (!entry.there) { fill(jumps); fill(body, el("p", { class: "hint waiting" }, "The raw file of this trial is not there, so nothing can be drawn. Its numbers stand in the report of the session.")); return; }
    const same = look && JSON.stringify(look.chosen) === JSON.stringify(chosen);
    if (!same) {
      fill(body, el("p", { class: "hint waiting", role: "status" }, "Reading and analysing the trial …"));
      look = { chosen, told: await get("trial", chosen) };
    }
    if (stale()) return;
    several(look.told, tab);
    if (tab === "threshold" && look.told.stored) { fill(body, el("p", { class: "hint waiting" }, "Other thresholds can only be tried on the raw file of a trial.")); return; }
    if (tab === "threshold") { view = thresholdView(body, { get, chosen, wanted: remembered.threshold }); page.review = view; return; }
    const send = async (action, more) => { try { const answer = await ask(action, { ...chosen, run: String(chosen.run), index: String(chosen.index), ...more }); notice(""); return answer; } catch (error) { notice(error.message); return null; } };
    const again = async () => { look = null; told = "making"; await load(); watchReport(chosen); };
    view = { trial: trialView, signal: signalView, pressure: pressureView }[tab](body, { get, chosen, look, send, drives, again });
    page.review = view; // tests look at what is drawn
  }

  // A file with several jumps has several trials; each has its numbers.
  function several({ n_in_source, index, stored }, tab) {
    fill(jumps, n_in_source > 1 ? el("div", { class: "jumps", role: "group", "aria-label": "Trials of this file" }, el("span", {}, `${n_in_source} trials in this file:`), Array.from({ length: n_in_source }, (_, at) => el("button", { type: "button", "aria-pressed": at === index ? "true" : "false", onclick: () => go({ ...placed(), tab, jump: at + 1 }) }, `trial ${at + 1}`))) : "",
      stored ? el("p", { class: "finding" }, icon("note"), "The raw file is not there. You see what the session stored of this trial: its numbers, events and force.") : "");
  }

  const placed = () => ({ participant: session.participant, session: session.session, task: look.chosen.task, run: String(look.chosen.run) });

  // The report of the session is made anew by the lab; say how that went.
  async function watchReport({ participant, session: label }) {
    while (!gone) {
      const { report } = await get("report", { participant, session: label }).catch(() => ({ report: "" }));
      if (view?.moved && !view.moved.isOpen()) view.moved.report(report);
      if (!report.endsWith("…")) break;
      await new Promise((resolve) => { setTimeout(resolve, 1000); });
    }
    told = "";
  }

  // The files stay in view while another session is chosen.
  const stays = (participant, label = people.find((one) => one.id === participant)?.sessions.at(-1)) => (where().tab === "files" && label ? filesOf(participant, label) : reviewOf({ participant, session: label }));

  function select(at) {
    const who = choice("review-athlete", people.filter((one) => one.sessions.length || one.id === at.participant).map((one) => [one.id, one.id]), () => { location.hash = stays(who.value); });
    const which = choice("review-session", (people.find((one) => one.id === at.participant)?.sessions ?? []).map((one) => [one, one]), () => { location.hash = stays(at.participant, which.value); });
    who.value = at.participant;
    which.value = at.session ?? "";
    const of = session && at.session ? session : null;
    draw(choices, { who: at.participant, session: at.session, people }, () => [button("Back", back, { key: "Esc" }), field("Athlete", who), field("Session", which)]);
    draw(facts, { protocol: of?.protocol, at: of?.created_at, finished: of?.finished, recovered: of?.recovered }, () => of ? [of.protocol, of.created_at ? `, ${date(of.created_at)}` : "", of.finished ? "" : el("span", { class: "tag" }, "not finished"), of.recovered ? el("span", { class: "tag" }, "rebuilt without its plan: check the verdicts") : ""] : "");
  }

  function chips(entry, tab) {
    draw(trials, { session, entry, tab }, () => session.trials.map((one) => el("button", { type: "button", class: `${one.verdict}${despite(one) ? " despite" : ""}`, "aria-pressed": one === entry && !OF_SESSION.includes(tab) ? "true" : "false", onclick: () => go({ participant: session.participant, session: session.session, task: one.task, run: String(one.run), tab: OF_SESSION.includes(tab) ? "trial" : tab, jump: undefined }) },
      icon(despite(one) ? "note" : VERDICTS[one.verdict]), el("span", {}, `run ${String(one.run).padStart(2, "0")}${one.condition ? ` ${words(one.condition)}` : ""}`, el("small", { title: one.reason || despite(one) || null }, one.verdict === "unfinished" ? "no verdict" : one.verdict, despite(one) ? " against a STOP" : "", one.n_moved ? ", moved" : "")))));
    draw(tabs, { tab, entry: [entry?.task, entry?.run] }, () => TABS.map(([name, text]) => el("button", { type: "button", role: "tab", id: `tab-${name}`, "aria-selected": name === tab ? "true" : "false", "aria-controls": "review-body", tabindex: name === tab ? 0 : -1, onkeydown: arrows, onclick: () => go({ participant: session.participant, session: session.session, task: entry?.task ?? "-", run: entry ? String(entry.run) : "0", tab: name, jump: OF_SESSION.includes(name) ? undefined : where().jump }) }, text)));
    body.setAttribute("aria-labelledby", `tab-${tab}`);
  }

  function arrows(event) {
    const step_by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step_by) return;
    event.preventDefault();
    const all = [...tabs.children], next = all[(all.indexOf(event.target) + step_by + all.length) % all.length];
    next.click();
    setTimeout(() => document.getElementById(next.id)?.focus());
  }

  function empty(text) {
    close();
    if (!choices.children.length) fill(choices, button("Back", back, { key: "Esc" }));
    fill(body, el("p", { class: "hint waiting" }, text));
  }

  function close() {
    if (!session?.trials.length) fill(jumps);
    view?.leave();
    view = null;
    page.review = null;
  }

  load();
  return {
    update(state) {
      const busy = state.job === "record" && state.session;
      draw(running, { headline: busy ? state.session.headline : "", on: Boolean(busy) }, ({ headline }) => busy ? el("p", { class: "running" }, icon("recording"), el("span", {}, el("strong", {}, "A session is running. "), headline), button("Back to it", back)) : "");
      if (view?.moved && !view.moved.isOpen() && view.drives !== state.drives) { view.drives = state.drives; view.moved.draw(); }
    },
    leave() {
      gone = true;
      close();
      removeEventListener("hashchange", moves);
      document.removeEventListener("keydown", key);
    },
  };
}
