// Tables of numbers, as the lab writes them (number_table.py): headings with units, cells with their spread.

import { el } from "./html.js";

const WORDS = { BW: "body weights" };

export const unitOf = (unit) => (unit === "–" ? "" : unit);

export function headings(columns) {
  return columns.map((one) => el("th", { scope: "col", class: "number" }, one.title, el("small", { title: WORDS[one.unit] }, unitOf(one.unit))));
}

export function cells(row) {
  return row.cells.map((cell) => el("td", { class: `number ${cell.status}`, title: cell.reason || null }, cell.value, cell.spread ? el("small", {}, `± ${cell.spread}`) : ""));
}

// What a line of means is of.
export function meanOf(line) {
  const unit = unitOf(line.unit ?? "");
  return el("th", { scope: "row" }, `${line.label}${unit ? `, ${unit}` : ""}${line.flagged ? " *" : ""}`);
}
