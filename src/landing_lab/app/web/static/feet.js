// Both soles from above, as landing_lab/report draws them (sole.py, sole_drawing.py, pressure_scale.py): outline, bands
// and how colours lie between cells come from there; this file is the only script that mirrors a foot, as sole.py is the
// only module: places are medial and anterior from the middle of the heel edge, the left sole lies on the left, big toes
// towards the middle, toes up.

import { prepared } from "./canvas.js";

const PIXEL_MM = 1.3, MARGIN_MM = 7;
const PATH = ["#9cc9f0", "#3d8bd4", "#0b3c8c", "#04122e"]; // from a second ago to now, without the scale's colours

// The big toe of a left foot is on the right of the picture.
const inwardsOf = (sole) => (sole.side === "left" ? 1 : -1);

// How a sole fits a picture, and where a place of it lies there.
function placing(sole, width, height) {
  const zoom = Math.min(width / (sole.width_mm + 2 * MARGIN_MM), height / (sole.length_mm + 2 * MARGIN_MM)), inwards = inwardsOf(sole);
  return { zoom, place: ([medial, anterior]) => [width / 2 + inwards * medial * zoom, height / 2 + (sole.length_mm / 2 - anterior) * zoom] };
}

export function makeSole(canvas, sole, scale) {
  const inwards = inwardsOf(sole);
  const picture = document.createElement("canvas"), grid = makeGrid(sole, inwards), colours = scale.colours.map(rgb);
  picture.width = grid.across;
  picture.height = grid.down;
  const ink = picture.getContext("2d"), image = ink.createImageData(grid.across, grid.down), bytes = new Uint32Array(image.data.buffer);
  const shown = new Float32Array(sole.cells_mm.length).fill(NaN);

  function fill(pressure) {
    let changed = false;
    for (let k = 0; k < shown.length; k++) {
      const value = Math.abs(pressure?.[k] ?? 0);
      if (value !== shown[k]) {
        shown[k] = value;
        changed = true;
      }
    }
    if (!changed) return;
    const n = shown.length, last = scale.calibrated ? colours.length - 1 : colours.length - 2;
    for (let p = 0; p < grid.inside.length; p++) {
      let value = 0;
      if (grid.weights) for (let k = 0, at = p * n; k < n; k++, at++) value += grid.weights[at] * shown[k];
      else value = shown[grid.nearest[p]];
      let band = 0;
      while (band < last && value >= scale.edges[band]) band++;
      bytes[grid.inside[p]] = colours[band];
    }
    ink.putImageData(image, 0, 0);
  }

  return (now) => {
    const made = prepared(canvas);
    if (!made) return;
    const { pen, width, height } = made;
    const { zoom, place } = placing(sole, width, height);
    fill(now?.pressure);
    pen.imageSmoothingEnabled = false;
    const [x, y] = [width / 2 - (grid.across * PIXEL_MM * zoom) / 2, height / 2 - (grid.down * PIXEL_MM * zoom) / 2];
    pen.drawImage(picture, x, y, grid.across * PIXEL_MM * zoom, grid.down * PIXEL_MM * zoom);
    pen.strokeStyle = now?.touching ? "#1f2428" : "#7c8894";
    pen.lineWidth = now?.touching ? 2.5 : 1.5;
    path(pen, sole.outline_mm.map(place));
    if (!sole.dense) markCells(pen, sole, now, place);
    drawTrail(pen, (now?.trail ?? []).map(place));
  };
}

// Where the cell lies that is to be loaded now: the sole as it lies on the table, seen from above, toes up.
export function drawPlace(canvas, sole) {
  const made = prepared(canvas);
  if (!made) return;
  const { pen, width, height } = made, { place } = placing(sole, width, height);
  pen.strokeStyle = "#1f2428";
  pen.lineWidth = 1.5;
  path(pen, sole.outline_mm.map(place));
  sole.cells_mm.forEach((cell, k) => {
    const [x, y] = place(cell), now = k === sole.now;
    pen.beginPath();
    pen.arc(x, y, now ? 11 : 4, 0, 2 * Math.PI);
    pen.fillStyle = now ? "#2b82c4" : "#fff";
    pen.fill();
    pen.lineWidth = now ? 3 : 1.5;
    pen.stroke();
  });
}

function markCells(pen, sole, now, place) {
  sole.cells_mm.forEach((cell, k) => {
    const [x, y] = place(cell);
    pen.beginPath();
    pen.arc(x, y, 2.6, 0, 2 * Math.PI);
    pen.fillStyle = "#fff";
    pen.fill();
    pen.lineWidth = 1;
    pen.strokeStyle = "#1f2428";
    pen.stroke();
    if ((now?.pressure?.[k] ?? 0) >= 0) return; // a cell that cannot tell more has a ring
    pen.lineWidth = 2.5;
    pen.strokeStyle = "#04122e";
    path(pen, [[x - 8, y], [x, y - 8], [x + 8, y], [x, y + 8], [x - 8, y]]);
  });
}

// The path of the centre of pressure over the last second, darker towards now, and where it is.
function drawTrail(pen, points) {
  if (!points.length) return;
  pen.lineCap = pen.lineJoin = "round";
  pen.strokeStyle = "#fff";
  pen.lineWidth = 6;
  path(pen, points);
  pen.lineWidth = 3;
  const piece = Math.max(1, Math.ceil(points.length / PATH.length));
  PATH.forEach((colour, k) => {
    pen.strokeStyle = colour;
    path(pen, points.slice(k * piece, (k + 1) * piece + 1));
  });
  const [x, y] = points[points.length - 1];
  pen.beginPath();
  pen.arc(x, y, 6, 0, 2 * Math.PI);
  pen.fillStyle = "#04122e";
  pen.fill();
  pen.lineWidth = 2.5;
  pen.strokeStyle = "#fff";
  pen.stroke();
}

function path(pen, points) {
  pen.beginPath();
  points.forEach(([x, y], k) => (k ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
}

// The pixels of a sole and how much each cell counts in each: as sole.py, coarser.
function makeGrid(sole, inwards) {
  const across = Math.ceil((sole.width_mm + 4) / PIXEL_MM), down = Math.ceil((sole.length_mm + 4) / PIXEL_MM);
  const n = sole.cells_mm.length, inside = [], half = -sole.power / 2;
  for (let row = 0; row < down; row++) {
    const ends = crossings(anteriorOf(row), sole.outline_mm);
    for (let column = 0; column < across; column++) {
      const medial = medialOf(column);
      if (ends.filter((end) => end < medial).length % 2) inside.push(row * across + column);
    }
  }
  const nearest = new Uint16Array(inside.length), weights = sole.interpolated ? new Float32Array(inside.length * n) : null;
  inside.forEach((pixel, p) => {
    const medial = medialOf(pixel % across), anterior = anteriorOf(Math.floor(pixel / across));
    let sum = 0, least = Infinity;
    for (let k = 0; k < n; k++) {
      const dm = medial - sole.cells_mm[k][0], da = anterior - sole.cells_mm[k][1], square = Math.max(dm * dm + da * da, 1e-6);
      if (square < least) [least, nearest[p]] = [square, k];
      if (weights) sum += weights[p * n + k] = square ** half;
    }
    if (weights) for (let k = 0; k < n; k++) weights[p * n + k] /= sum;
  });
  return { across, down, inside: Uint32Array.from(inside), nearest, weights };

  function medialOf(column) { return inwards * (column + 0.5 - across / 2) * PIXEL_MM; }
  function anteriorOf(row) { return sole.length_mm / 2 - (row + 0.5 - down / 2) * PIXEL_MM; }
}

// Where the outline crosses a line across the foot.
function crossings(anterior, outline) {
  const found = [];
  for (let k = 1; k < outline.length; k++) {
    const [m0, a0] = outline[k - 1], [m1, a1] = outline[k];
    if (a0 > anterior !== a1 > anterior) found.push(m0 + ((m1 - m0) * (anterior - a0)) / (a1 - a0));
  }
  return found;
}

// "#rrggbb" as a pixel, opaque, in the order of bytes that a picture has on every machine browsers run on.
function rgb(colour) {
  const value = parseInt(colour.slice(1), 16);
  return ((255 << 24) | ((value & 255) << 16) | (value & 0xff00) | (value >> 16)) >>> 0;
}
