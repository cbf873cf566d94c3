// What sensors cannot know, entered by the laboratory; and what may then be said, exactly as `landing-lab screen` says it.

import { button, el, fill } from "../html.js";
import { get } from "../server.js";
import { confirm } from "../dialog.js";
import { makeForm } from "./screening_form.js";

export function screeningStep(main, { act, notice, page }) {
  const who = page.state.participant;
  const place = el("div", { class: "screening" }), buttons = el("div", { class: "buttons bar" }), head = el("h2", {}, `Screening of ${who}`);
  main.append(head, place, buttons);
  let form = null;
  const back = () => act("step", { step: page.state.summary?.participant === who ? "summary" : "participant", participant: who });

  async function open() {
    fill(place, el("p", { class: "hint" }, "Reading what is there …"));
    fill(buttons, button("Back", back, { kind: "aside" }));
    try { form = makeForm(await get(`screening/${who}/form`)); } catch (error) { fill(place, el("p", { class: "finding" }, error.message)); return; }
    head.textContent = `Screening of ${who}, session ${form.session}`;
    showForm();
  }

  function showForm() {
    fill(place, form.element);
    fill(buttons, button("Save and see the result", save, { primary: true }), button("Result as it is", showResult), button("Back", leave, { kind: "aside" }));
  }

  async function leave() {
    if (form.unsaved() && !(await confirm("Leave without saving?", "What you typed is kept in this browser until it is closed, and stands in the form when you come back.", "Leave"))) return;
    back();
  }

  async function save() {
    if (form.unsaved()) {
      const told = await act("screening/save", { participant: who, session: form.session, entries: form.changed(), by: form.by() });
      if (!told) return;
      if (Object.keys(told.wrong).length) { form.showWrong(told.wrong); return; }
      form.stored();
      if (told.report) act("report/make", { participant: who, session: form.session }).then((made) => made && status("The report of the session is made anew with it."));
    }
    await showResult();
  }

  const status = (text) => { const line = place.querySelector("[role=status]"); if (line) line.textContent = text; };

  async function showResult() {
    fill(place, el("p", { class: "hint", role: "status" }, "Screening …"));
    fill(buttons, button("Done", back, { primary: true }), button("Back to the form", reopen));
    try { await get(`screening/${who}/result`); } catch (error) {
      fill(place, el("p", { class: "finding" }, `${error.message[0].toUpperCase()}${error.message.slice(1)}.`), el("p", { class: "hint", role: "status" }));
      return;
    }
    const address = `/api/screening/${who}/page`;
    fill(place, el("iframe", { sandbox: "", src: address, title: `Screening of ${who}`, class: "paper", id: "result" }),
      el("p", {}, el("a", { href: address, target: "_blank", rel: "noopener" }, "Open it in a window of its own, to print")), el("p", { class: "hint", role: "status" }));
  }

  const reopen = () => (form.unsaved() ? showForm() : open());

  open();
  return {};
}
