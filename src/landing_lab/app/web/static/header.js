// The line at the top: where we are, whose boards, who drives; and what must not be overlooked.

import { button, el, icon, redrawn } from "./html.js";
import { soundIsOn, switchSound } from "./bell.js";
import { confirm } from "./dialog.js";
import { reviewing } from "./steps/review.js";

const TITLES = { boards: "Boards", participant: "Athlete", protocol: "Protocol", trial: "Trials", summary: "Summary" };

export function makeHeader(top, alerts, { act }) {
  const draw = redrawn();
  let drove = null, told = "";
  const takeOver = async () => {
    const sure = await confirm("Take over?", "The other browser then only watches. A recording that runs goes on.", "Take over");
    if (sure) act("wheel/take");
  };
  const self = {
    update(state, linked) {
      const places = Object.keys(TITLES), here = places.indexOf({ calibrate: "boards", screening: state.summary?.participant === state.participant ? "summary" : "participant" }[state.step] ?? state.step);
      if (state.drives) told = "";
      else if (drove) told = "Another browser has taken over. You watch now.";
      drove = state.drives;
      document.body.classList.toggle("watching", !state.drives);
      document.body.classList.toggle("away", !linked);
      draw(top, { here, step: state.step, simulated: state.simulated, dataset: state.dataset, participant: state.participant, sound: soundIsOn(), pages: state.n_pages }, () => [
        el("h1", {}, "landing-lab"),
        el("ol", { class: "steps" }, places.map((step, k) => el("li", { class: k < here ? "done" : k === here ? "here" : null, "aria-current": k === here ? "step" : null }, k < here ? icon("done") : "", TITLES[step]))),
        el("p", { class: "facts" }, state.simulated ? el("strong", { class: "tag" }, "simulated boards") : "", state.participant && here > 0 ? el("span", { class: "who", title: state.participant }, el("span", { class: "word" }, "athlete "), el("strong", {}, state.participant)) : "",
          state.n_pages > 1 ? el("span", {}, `${state.n_pages} pages open`) : "", here === 0 ? el("span", { class: "path", title: state.dataset }, `data: ${state.dataset.split(/[\\/]/).pop()}`) : ""),
        el("a", { class: "to-review", href: "#review", title: "Look at recorded trials" }, "Review"),
        el("button", { type: "button", class: "sound", "aria-pressed": soundIsOn() ? "true" : "false", "aria-label": "Sound", title: soundIsOn() ? "Sound is on" : "Sound is off", onclick: () => { switchSound(); self.update(state, linked); } }, icon(soundIsOn() ? "sound" : "mute")),
      ]);
      // who looks at recorded trials needs no boards
      const problem = reviewing() && state.step === "boards" && !state.job ? "" : state.problem;
      draw(alerts, { linked, drives: state.drives, told, problem }, () => [
        linked ? "" : el("p", { class: "alarm" }, icon("stop"), "The lab does not answer. Where only the network is gone, a recording goes on, and this page comes back by itself. If it does not come back: is landing-lab serve still running?"),
        state.drives ? "" : el("p", { class: "watch-line" }, icon("note"), el("span", {}, told || "Another browser drives this session. You watch."), el("button", { type: "button", onclick: takeOver }, "Take over …")),
        problem ? el("p", { class: "alarm" }, icon("stop"), el("span", {}, sentence(problem))) : "",
      ]);
    },
  };
  return self;
}

export function sentence(text) {
  const trimmed = text.trim();
  return trimmed ? `${trimmed[0].toUpperCase()}${trimmed.slice(1)}${/[.!?]$/.test(trimmed) ? "" : "."}` : "";
}
