// Elements from plain values: texts become text nodes, so that nothing a person or a board says is ever markup.

export function el(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled") made[name] = value;
    else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...flat(children));
  return made;
}

export function fill(place, ...children) {
  place.replaceChildren(...flat(children));
}

function flat(children) {
  return children
    .flat(Infinity)
    .filter((child) => child !== null && child !== undefined && child !== false && child !== "")
    .map((child) => (child instanceof Node ? child : document.createTextNode(String(child))));
}

// A function that draws a place anew only where what it shows has changed: focus and selections stay.
export function redrawn() {
  const shown = new Map();
  return (place, value, draw) => {
    const text = JSON.stringify(value);
    if (shown.get(place) === text) return false;
    shown.set(place, text);
    fill(place, draw(value));
    return true;
  };
}

const SVG = "http://www.w3.org/2000/svg";
const ICONS = {
  wait: "M12 3a9 9 0 1 0 9 9M12 7v5l3 2",
  stand: "M9 4v8c0 3 1 5 1 8H6c0-3-1-5-1-8V7c0-2 4-3 4-3zM15 4v8c0 3-1 5-1 8h4c0-3 1-5 1-8V7c0-2-4-3-4-3z",
  armed: "M4 12.5l5 5L20 6.5",
  recording: "M12 5a7 7 0 1 0 .01 0z",
  landed: "M12 3v12M6.5 10L12 15.5 17.5 10M4 20h16",
  result: "M5 20V11M12 20V4M19 20v-6",
  stop: "M8 3h8l5 5v8l-5 5H8l-5-5V8zM12 8v5M12 16.5v.01",
  note: "M12 4l9 16H3zM12 10v4M12 17v.01",
  done: "M4 12.5l5 5L20 6.5",
  skip: "M5 12h14",
  sound: "M4 9v6h4l5 4V5L8 9zM16.5 8.5a5 5 0 0 1 0 7M19 6a9 9 0 0 1 0 12",
  mute: "M4 9v6h4l5 4V5L8 9zM17 9l5 6M22 9l-5 6",
};

export function icon(name, filled = name === "recording") {
  const drawing = document.createElementNS(SVG, "svg");
  for (const [key, value] of Object.entries({ viewBox: "0 0 24 24", class: "icon", "aria-hidden": "true", focusable: "false" })) drawing.setAttribute(key, value);
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", ICONS[name] ?? ICONS.wait);
  line.setAttribute("fill", filled ? "currentColor" : "none");
  drawing.append(line);
  return drawing;
}

// A button with its key shown; `key` is what stands on it, pressing is handled by keys.js.
export function button(text, onclick, { primary = false, key = "", kind = "", disabled = false } = {}) {
  const classes = [primary ? "primary" : "", kind].filter(Boolean).join(" ");
  return el("button", { type: "button", class: classes || null, onclick, disabled, "data-key": key ? key.toLowerCase() : null, "aria-keyshortcuts": key || null }, text, key ? el("kbd", { "aria-hidden": "true" }, key) : "");
}
