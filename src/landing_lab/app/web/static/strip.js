// Force over the last five seconds. Every column shows the lowest and the highest sample that fell into it.

import { FONT, prepared } from "./canvas.js";
import { BIN_S, KEPT, SERIES } from "./live.js";

const SHOWN_S = 5;
// Blue, vermilion and black of Okabe and Ito, which every common kind of colour vision tells apart.
export const COLOURS = { left: "#0072b2", right: "#d55e00", total: "#1f2428" };
const N_BINS = Math.round(SHOWN_S / BIN_S), COLUMN_PX = 1.6;
const LINES = { left: 2.6, right: 2.6, total: 3.4 };

// What is drawn, newton above the zero: column k of each series shows bins first + k * per and so on. Columns begin at
// whole multiples of `per`, so that they stay the same while they move. Pure, so that tests compare it with samples.
export function columns(live, width, end = live.newest) {
  const per = Math.max(1, Math.ceil((N_BINS * COLUMN_PX) / Math.max(1, width)));
  const first = Math.floor((end - N_BINS + 1) / per) * per, count = Math.floor((end - first) / per) + 1;
  const low = [], high = [];
  for (let s = 0; s < SERIES.length; s++) {
    const lows = new Float32Array(count).fill(NaN), highs = new Float32Array(count).fill(NaN);
    const zero = live.zero[s], kept_low = live.low[s], kept_high = live.high[s], oldest = Math.max(0, live.newest - KEPT + 1);
    for (let column = 0; column < count; column++) {
      const from = first + column * per, to = Math.min(from + per, live.newest + 1);
      let l = Infinity, h = -Infinity;
      for (let bin = Math.max(from, oldest); bin < to; bin++) {
        const place = bin % KEPT;
        if (kept_low[place] < l) l = kept_low[place];
        if (kept_high[place] > h) h = kept_high[place];
      }
      if (h >= l) {
        lows[column] = l - zero;
        highs[column] = h - zero;
      }
    }
    low.push(lows);
    high.push(highs);
  }
  return { first, per, count, low, high };
}

// end: the bin at the right edge. runs: whether that is now, else the picture stands. weight_n: drawn as a line, null where it is not known.
export function drawStrip(canvas, live, { end = live.newest, runs = true, weight_n = null, zero_known = true } = {}) {
  const made = prepared(canvas);
  if (!made) return null;
  const { pen, width, height } = made, left = 66, right = width - 10, bottom = height - 26, top = 10;
  const drawn = columns(live, right - left, end), scale = forceScale(drawn, weight_n);
  const x = (bin) => left + ((right - left) * (bin - (end - N_BINS + 1))) / N_BINS;
  const y = (force) => bottom - ((bottom - top) * Math.max(force, -0.03 * scale.top_n)) / scale.top_n;
  drawAxes(pen, { left, right, top, bottom, width, x, y, end, newest: live.newest < 0 ? "" : runs ? "now" : "end", scale, weight_n });
  pen.save();
  pen.beginPath();
  pen.rect(left, 0, right - left, height);
  pen.clip();
  for (const s of [2, 0, 1]) {
    pen.fillStyle = COLOURS[SERIES[s]];
    trace(pen, drawn, s, x, y, LINES[SERIES[s]]);
  }
  pen.restore();
  if (!zero_known && live.newest >= 0) {
    pen.fillStyle = "#7a3b00";
    pen.textAlign = "right";
    pen.textBaseline = "top";
    pen.fillText("zero not known yet: force above the lowest so far", right - 4, top);
  }
  return drawn;
}

// A bar per column from its lowest to its highest sample, each as far as the one before, so that they make one line: on
// machines without a graphics chip a path of that many pieces takes ten times as long. Plates send every third bin at
// most, so that columns without a sample are bridged; a hole of 0.1 s and more is a hole.
function trace(pen, { first, per, count, low, high }, s, x, y, thick) {
  const hole = Math.ceil(0.1 / BIN_S / per), ratio = window.devicePixelRatio || 1, wide = x(first + per) - x(first);
  const sharp = (place) => Math.round(place * ratio) / ratio;
  let last = -Infinity, before_top = 0, before_bottom = 0;
  for (let column = 0; column < count; column++) {
    const h = high[s][column];
    if (h !== h) continue;
    const own_top = y(h), own_bottom = y(low[s][column]), joined = column - last <= hole;
    let top = own_top, bottom = own_bottom, from = x(first + column * per);
    if (joined) {
      top = Math.min(top, before_bottom);
      bottom = Math.max(bottom, before_top);
    }
    if (joined && column - last > 1) { // level with the one before across columns without a sample
      const start = sharp(x(first + (last + 1) * per));
      pen.fillRect(start, sharp((before_top + before_bottom - thick) / 2), sharp(from) - start, thick);
    }
    from = sharp(from);
    pen.fillRect(from, sharp(top - thick / 2), Math.max(thick, sharp(x(first + column * per) + wide) - from), bottom - top + thick);
    [before_top, before_bottom, last] = [own_top, own_bottom, column];
  }
}

function forceScale({ high }, weight_n) {
  let top_n = Math.max(1000, 1.4 * (weight_n ?? 0));
  for (const series of high) for (const force of series) if (force > top_n) top_n = force;
  const step = [250, 500, 1000, 2000, 5000, 10000].find((one) => top_n / one <= 5) ?? 20000;
  return { step, top_n: Math.ceil((1.02 * top_n) / step) * step };
}

function drawAxes(pen, { left, right, top, bottom, width, x, y, end, newest, scale, weight_n }) {
  pen.font = FONT;
  pen.lineWidth = 1;
  pen.textBaseline = "middle";
  pen.textAlign = "right";
  const room = (bottom - top) / (scale.top_n / scale.step), every = room < 19 ? 2 : 1;
  for (let k = 0; k * scale.step <= scale.top_n; k++) {
    pen.strokeStyle = k ? "#d9e0e6" : "#8b98a4";
    line(pen, left, y(k * scale.step), right, y(k * scale.step));
    pen.fillStyle = "#3d4a56";
    if (k % every === 0) pen.fillText(k ? `${k * scale.step}` : "0 N", left - 8, y(k * scale.step));
  }
  if (weight_n) {
    pen.strokeStyle = "#6b7884";
    pen.setLineDash([7, 6]);
    line(pen, left, y(weight_n), right, y(weight_n));
    pen.setLineDash([]);
    pen.textAlign = "left";
    pen.textBaseline = "bottom";
    pen.fillStyle = "#3d4a56";
    pen.strokeStyle = "#fff";
    pen.lineWidth = 4;
    pen.strokeText("body weight", left + 6, y(weight_n) - 2);
    pen.fillText("body weight", left + 6, y(weight_n) - 2);
    pen.lineWidth = 1;
  }
  pen.textBaseline = "top";
  pen.fillStyle = "#3d4a56";
  for (let s = 0; s <= SHOWN_S; s++) {
    const at = x(end + 1 - s / BIN_S);
    pen.textAlign = s === 0 ? "right" : s === SHOWN_S ? "left" : "center";
    pen.fillText(s === 0 ? newest : `−${s} s`, s === 0 ? right : at, bottom + 6);
    pen.strokeStyle = "#e8edf1";
    if (s && s < SHOWN_S) line(pen, at, top, at, bottom);
  }
}

function line(pen, x0, y0, x1, y1) {
  pen.beginPath();
  pen.moveTo(x0, y0);
  pen.lineTo(x1, y1);
  pen.stroke();
}
