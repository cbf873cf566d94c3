// The live signals as they came: bins of the lowest and highest force per series, and both soles.
// Layout of a message: landing_lab/app/web/live/message.py.

export const BIN_S = 0.005;
export const KEPT = 2048;
export const SERIES = ["left", "right", "total"];

export class Live {
  constructor() {
    this.low = SERIES.map(() => new Float32Array(KEPT));
    this.high = SERIES.map(() => new Float32Array(KEPT));
    this.updates = 0;
    this.begin(-1);
  }

  begin(feed) {
    this.feed = feed;
    for (const kept of [...this.low, ...this.high]) kept.fill(NaN);
    this.newest = -1; // bin
    this.newest_s = 0; // time of the newest sample on the clock of the lab
    this.zero = SERIES.map(() => NaN); // what each series reads when nobody is there
    this.zero_known = false;
    this.soles = {};
  }

  take(view) {
    const n_series = view.getUint8(1), n_feet = view.getUint8(2), count = view.getUint32(4, true);
    const first = view.getFloat64(16, true), feed = view.getUint32(24, true);
    if (feed !== this.feed) this.begin(feed);
    this.zero_known = view.getUint8(3) > 0;
    this.newest_s = view.getFloat64(8, true);
    let at = 32;
    for (let s = 0; s < n_series; s++, at += 4) this.zero[s] = view.getFloat32(at, true);
    this.advance(count ? first + count - 1 : this.newest);
    for (const kept of [this.low, this.high]) {
      for (let s = 0; s < n_series; s++) {
        const mine = kept[s];
        for (let k = 0, place = first % KEPT; k < count; k++, at += 4) {
          mine[place] = view.getFloat32(at, true);
          place = place + 1 === KEPT ? 0 : place + 1;
        }
      }
    }
    for (let foot = 0; foot < n_feet; foot++) at = this.takeSole(view, at);
    this.updates += 1;
  }

  // Empty the bins that begin anew.
  advance(last) {
    if (last <= this.newest) return;
    for (let bin = Math.max(this.newest + 1, last - KEPT + 1); bin <= last; bin++) {
      for (const kept of this.low) kept[bin % KEPT] = NaN;
      for (const kept of this.high) kept[bin % KEPT] = NaN;
    }
    this.newest = last;
  }

  takeSole(view, at) {
    const side = view.getUint8(at) ? "right" : "left", n_cells = view.getUint8(at + 1), n_points = view.getUint8(at + 3);
    const sole = (this.soles[side] ??= { pressure: new Float32Array(n_cells), trail: [] });
    if (sole.pressure.length !== n_cells) sole.pressure = new Float32Array(n_cells);
    sole.touching = view.getUint8(at + 2) > 0;
    sole.shift_mm = view.getFloat32(at + 4, true);
    at += 8;
    for (let k = 0; k < n_cells; k++, at += 4) sole.pressure[k] = view.getFloat32(at, true);
    sole.trail.length = n_points;
    for (let k = 0; k < n_points; k++, at += 4) sole.trail[k] = [view.getInt16(at, true) / 10, view.getInt16(at + 2, true) / 10];
    sole.cop = n_points ? sole.trail[n_points - 1] : null;
    return at;
  }

  // Force of a series now, newton: the middle of its newest bin of the last 0.3 s; null where it told nothing.
  now_n(s) {
    for (let bin = this.newest; bin > this.newest - 60 && bin >= 0; bin--) {
      const high = this.high[s][bin % KEPT];
      if (high === high) return (high + this.low[s][bin % KEPT]) / 2 - this.zero[s];
    }
    return null;
  }
}
