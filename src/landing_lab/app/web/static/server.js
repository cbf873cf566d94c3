// Talk to the lab: one socket for what happens, one POST for each button.

const client = (() => {
  const known = sessionStorage.getItem("client");
  const made = known ?? crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem("client", made);
  return made;
})();

const TOLD_EVERY = 8;
const NO_ANSWER = "The lab does not answer: is landing-lab serve still running?";

export async function ask(action, body = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${action}`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-landing-lab": "1", "x-client": client },
      body: JSON.stringify(body),
    });
  } catch {
    throw new Error(NO_ANSWER);
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? `The lab refused this (${answer.status}).`);
  return told;
}

export async function get(path) {
  const answer = await fetch(`/api/${path}`).catch(() => { throw new Error(NO_ANSWER); });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.error ?? `The lab refused this (${answer.status}).`);
  return told;
}

// onState(state), onLive(DataView), onInstrument(what updates do not say), onLink(true|false)
export function listen({ onState, onLive, onInstrument, onLink }) {
  const clock = { offset_s: null, best_ms: Infinity };
  let socket, pings, retry_ms = 250, taken = 0;
  const open = () => {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    socket = new WebSocket(`${scheme}://${location.host}/live?client=${client}${sessionStorage.getItem("drove") ? "&drove=1" : ""}`);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      retry_ms = 250;
      taken = 0;
      clock.best_ms = Infinity;
      onLink(true);
      const ping = () => socket.readyState === 1 && socket.send(JSON.stringify({ type: "ping", t: performance.now() }));
      ping();
      pings = setInterval(ping, 1000);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data !== "string") {
        onLive(new DataView(data));
        taken += 1; // said now and then, so that the lab never sends more than this page takes in
        if (taken % TOLD_EVERY === 0) socket.send(JSON.stringify({ type: "taken", n: taken }));
        return;
      }
      const told = JSON.parse(data);
      if (told.type === "state") {
        // a server that is started anew knows nobody: who drove says so when it comes back
        if (told.state.drives) sessionStorage.setItem("drove", "1");
        else sessionStorage.removeItem("drove");
        return onState(told.state);
      }
      if (told.type === "instrument") return onInstrument(told.instrument);
      const trip_ms = performance.now() - told.t;
      if (trip_ms < clock.best_ms) {
        clock.best_ms = trip_ms;
        clock.offset_s = told.server_s - (told.t + trip_ms / 2) / 1000;
      }
    };
    socket.onclose = () => {
      clearInterval(pings);
      onLink(false);
      setTimeout(open, retry_ms);
      retry_ms = Math.min(2000, retry_ms * 2);
    };
  };
  open();
  return { now_s: () => (clock.offset_s === null ? null : performance.now() / 1000 + clock.offset_s) };
}
