// What a session left on disk: to be opened, taken along, or made anew. The same card for the session that has just
// ended and for any earlier one.

import { button, el, fill } from "../html.js";
import { get } from "../server.js";

const SHOWN = [["report.html", "Open the report"], ["report.pdf", "Report as PDF"]];

// about: {participant, session, n_accepted}; more: other buttons of the card
export function files(about, act, more = "") {
  const { participant, session } = about, place = `/session/${participant}/${session}`;
  const list = el("div", { class: "file-list" }), told = el("p", { class: "hint", role: "status" }), folder = el("p", { class: "hint path" });
  const raw = el("input", { type: "checkbox", id: "with-raw", onchange: () => { zip.href = archive(); } });
  const archive = () => `${place}/session.zip${raw.checked ? "?raw=1" : ""}`;
  const zip = el("a", { href: archive(), download: "" }, "Session as ZIP");
  const link = (name, title, how) => el("a", { href: `${place}/${name}`, ...how }, title);

  async function show() {
    let there;
    try { there = await get(`files/${participant}/${session}`); } catch (error) { told.textContent = error.message; return; }
    folder.textContent = there.folder;
    const has = (name) => there.files.includes(name);
    if (!has("report.html")) told.textContent = about.n_accepted ? "The report is not there yet." : "No trial is accepted, so there is no report.";
    else told.textContent = has("report.pdf") ? "" : there.no_pdf ? `No PDF: ${there.no_pdf}.` : "";
    fill(list, SHOWN.filter(([name]) => has(name)).map(([name, title]) => link(name, title, { target: "_blank", rel: "noopener" })),
      has("metrics.csv") ? link("metrics.csv", "Numbers (CSV)", { download: "" }) : "", zip);
  }

  const anew = async (event) => {
    const pressed = event.currentTarget;
    pressed.disabled = true;
    told.textContent = "The report is being made …";
    const made = await act("report/make", { participant, session });
    pressed.disabled = false;
    await show();
    if (made) told.textContent = "The report is made, with everything entered so far.";
    else told.textContent = "";
  };

  show();
  return el("section", { class: "files card", id: "files" }, el("h3", {}, "Report and files"), list,
    el("div", { class: "file-row" }, el("label", { class: "check", for: "with-raw" }, raw, "raw files in the ZIP"), more, about.n_accepted ? button("Make the report anew", anew, { kind: "small drives" }) : ""),
    told, folder);
}
