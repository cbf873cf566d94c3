// Samples for the width of a chart: of every column of pixels the lowest and the highest sample, at their own times.
// What is drawn are samples, so a drawn peak is the sample's. Pure, so that tests can look at it.

export function fit(times, values, from, to, columns) {
  const first = Math.max(0, firstAt(times, from) - 1), last = Math.min(times.length - 1, firstAt(times, to));
  if (last < first) return { t: new Float64Array(0), y: new Float64Array(0) };
  if (last - first + 1 <= 4 * columns) return { t: times.slice(first, last + 1), y: values.slice(first, last + 1) };
  const t = [], y = [], width = (to - from) / columns;
  const put = (k) => { t.push(times[k]); y.push(values[k]); };
  let column = null, low = -1, high = -1, missing = -1;
  const close = () => {
    if (low >= 0) {
      const [early, late] = low < high ? [low, high] : [high, low];
      put(early);
      if (late !== early) put(late);
    }
    if (missing >= 0) put(missing); // a gap stays a gap
  };
  for (let k = first; k <= last; k++) {
    const own = Math.floor((times[k] - from) / width);
    if (own !== column) {
      close();
      [column, low, high, missing] = [own, -1, -1, -1];
    }
    if (Number.isNaN(values[k])) missing = k;
    else {
      if (low < 0 || values[k] < values[low]) low = k;
      if (high < 0 || values[k] > values[high]) high = k;
    }
  }
  close();
  return { t: Float64Array.from(t), y: Float64Array.from(y) };
}

// The first index whose time is not before `at`.
function firstAt(times, at) {
  let low = 0, high = times.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle] < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  return new Float64Array(bytes.buffer);
}
