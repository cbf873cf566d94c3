// A chart by Bokeh, whose scripts come from the package that the lab has installed. The samples stay here; the chart
// gets what its width can show. Keys: arrows move, plus and minus zoom, Home shows all of the trial.

import { button, el, fill } from "../html.js";
import { fit, unpacked } from "./fit.js";

let loading = null, number = 0;

function bokeh() {
  loading ??= new Promise((resolve, reject) => {
    const script = el("script", { src: "/bokeh/bokeh.min.js" });
    script.addEventListener("load", () => { window.Bokeh.set_log_level("error"); resolve(window.Bokeh); });
    script.addEventListener("error", () => { loading = null; reject(new Error("The charts could not be loaded from the lab.")); });
    document.head.append(script);
  });
  return loading;
}

export class Chart {
  constructor({ label, views = [], ontap = null }) {
    this.plot = el("div", { class: "plot", id: `plot-${++number}` });
    this.frame = el("div", { class: "chart", tabindex: 0, role: "group", "aria-label": label, onkeydown: (event) => this.key(event) }, this.plot);
    this.bar = el("div", { class: "chart-bar", role: "group", "aria-label": "What the chart shows" });
    this.place = el("div", { class: "charted" }, this.frame, this.bar);
    this.views = views;
    this.ontap = ontap;
    this.curves = [];
    this.hidden = new Set();
  }

  // told: {item, times, curves, x} of the lab. Waits until everything is drawn.
  async draw(told) {
    fill(this.plot, el("p", { class: "hint waiting" }, "Drawing …"));
    const library = await bokeh();
    if (this.gone) return;
    this.clear();
    fill(this.plot);
    this.item = told.item;
    const times = (told.times ?? []).map(unpacked);
    this.curves = (told.curves ?? []).map((one) => ({ ...one, t: times[one.times], y: unpacked(one.values) }));
    this.shown = await library.embed.embed_item(told.item, this.plot.id);
    this.document = library.documents.find((one) => one.roots().some((root) => root.id === told.item.root_id));
    if (this.gone) return this.clear();
    this.figure = this.document.roots()[0];
    this.home = [...told.x];
    for (const name of ["start", "end"]) this.figure.x_range.properties[name].change.connect(() => this.later());
    this.figure.on_event("tap", (event) => this.ontap?.(event.x));
    this.refit();
    this.sized = new ResizeObserver(() => this.later());
    this.sized.observe(this.plot);
    fill(this.bar, this.views.map(([text, range]) => button(text, () => this.show(...range))),
      button("−", () => this.zoom(2), { kind: "small" }), button("+", () => this.zoom(0.5), { kind: "small" }), button("◀", () => this.move(-0.3), { kind: "small" }), button("▶", () => this.move(0.3), { kind: "small" }));
    [["Zoom out", -4], ["Zoom in", -3], ["Earlier", -2], ["Later", -1]].forEach(([name, at]) => this.bar.children[this.bar.children.length + at].setAttribute("aria-label", name));
  }

  later() {
    if (this.asked) return;
    this.asked = requestAnimationFrame(() => { this.asked = null; this.refit(); });
  }

  refit() {
    if (!this.document) return;
    const { start, end } = this.figure.x_range, columns = Math.max(100, this.plot.clientWidth);
    for (const curve of this.curves) {
      const source = this.document.get_model_by_name(`curve-${curve.name}`);
      source.data = this.hidden.has(curve.group) ? { t: new Float64Array(0), y: new Float64Array(0) } : fit(curve.t, curve.y, start, end, columns);
    }
  }

  // What stands in the sources of the chart now: name -> {t, y}.
  drawn() {
    return Object.fromEntries(this.curves.map((curve) => [curve.name, this.document.get_model_by_name(`curve-${curve.name}`).data]));
  }

  hide(group, hidden) {
    if (hidden) this.hidden.add(group);
    else this.hidden.delete(group);
    this.refit();
  }

  show(start, end) {
    this.figure?.x_range.setv({ start, end });
  }

  // An axis of newton is logarithmic, so its middle is another one.
  zoom(by) {
    if (!this.figure) return;
    const { start, end } = this.figure.x_range, log = this.figure.x_scale.type === "LogScale";
    const [a, b] = log ? [Math.log(start), Math.log(end)] : [start, end], middle = (a + b) / 2, half = Math.max(0.5 * by * (b - a), log ? 0.05 : 0.002);
    this.show(...[middle - half, middle + half].map((one) => (log ? Math.exp(one) : one)));
  }

  move(share) {
    if (!this.figure) return;
    const { start, end } = this.figure.x_range;
    if (this.figure.x_scale.type === "LogScale") this.show(start * (end / start) ** share, end * (end / start) ** share);
    else this.show(start + share * (end - start), end + share * (end - start));
  }

  point(at) {
    const pointer = this.document?.get_model_by_name("pointer");
    pointer?.setv({ visible: at !== null, location: at ?? 0 });
  }

  key(event) {
    if (event.target !== this.frame || event.ctrlKey || event.metaKey || event.altKey) return;
    const known = { ArrowLeft: () => this.move(-0.1), ArrowRight: () => this.move(0.1), "+": () => this.zoom(0.7), "-": () => this.zoom(1 / 0.7), Home: () => this.show(...this.home) }[event.key];
    if (!known) return;
    event.preventDefault();
    event.stopPropagation();
    known();
  }

  clear() {
    if (!this.document) return;
    this.sized?.disconnect();
    this.shown?.clear?.();
    const documents = window.Bokeh.documents, at = documents.indexOf(this.document);
    if (at >= 0) documents.splice(at, 1);
    this.document.clear();
    this.document = this.figure = this.shown = null;
  }

  leave() {
    this.gone = true;
    if (this.asked) cancelAnimationFrame(this.asked);
    this.clear();
  }
}
