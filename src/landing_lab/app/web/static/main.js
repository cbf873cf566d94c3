// The page: shows the state of the lab, step by step.

import { button, el, fill } from "./html.js";
import { ask, listen } from "./server.js";
import { Live } from "./live.js";
import { makeHeader, sentence } from "./header.js";
import { listenToKeys } from "./keys.js";
import { boardsStep } from "./steps/boards.js";
import { calibrateStep } from "./steps/calibrate.js";
import { participantStep } from "./steps/participant.js";
import { protocolStep } from "./steps/protocol.js";
import { reviewing, reviewStep } from "./steps/review.js";
import { screeningStep } from "./steps/screening.js";
import { summaryStep } from "./steps/summary.js";
import { trialStep } from "./steps/trial.js";

const STEPS = { boards: boardsStep, calibrate: calibrateStep, participant: participantStep, protocol: protocolStep, trial: trialStep, summary: summaryStep, screening: screeningStep, review: reviewStep };
const page = { state: null, live: new Live(), instrument: null, linked: false, mounted: null };
window.landingLab = page; // tests look at what is drawn

export function act(action, body) {
  return ask(action, body).then(
    (told) => { notice(""); return told; },
    (error) => { notice(error.message); return null; },
  );
}

export function notice(text) {
  fill(document.getElementById("notice"), text ? [el("span", {}, sentence(text)), button("Close", () => notice(""))] : "");
}

const header = makeHeader(document.getElementById("top"), document.getElementById("alerts"), { act });

function show() {
  const { state } = page;
  if (!state) return;
  header.update(state, page.linked);
  const step = reviewing() ? "review" : state.step;
  if (page.mounted?.step !== step) {
    page.mounted?.leave?.();
    const main = document.getElementById("main");
    fill(main);
    notice("");
    document.querySelector("dialog[open]")?.close();
    document.body.dataset.step = step;
    page.mounted = { step, ...STEPS[step](main, { act, notice, page }) };
    page.mounted.update?.(state);
    const wanted = main.querySelector("[data-first]") ?? main.querySelector("h2");
    if (wanted?.tagName === "H2") wanted.tabIndex = -1;
    wanted?.focus({ preventScroll: true });
    return;
  }
  page.mounted.update?.(state);
}

page.clock = listen({
  onState: (state) => { page.state = state; show(); },
  onLive: (view) => page.live.take(view),
  onInstrument: (told) => { page.instrument = told; },
  onLink: (linked) => { page.linked = linked; show(); },
});
window.addEventListener("hashchange", show);
listenToKeys();

function frame(now_ms) {
  page.mounted?.frame?.(now_ms);
  requestAnimationFrame(frame);
}
requestAnimationFrame(frame);
