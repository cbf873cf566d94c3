// Keys as in the terminal: each button says its own. Enter presses the one that stands out.

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const dialog = document.querySelector("dialog[open]"), place = dialog ?? document;
    const typing = event.target.matches?.("input:not([type=radio]):not([type=checkbox]), select, textarea");
    const { classList } = document.body; // what stands on a page that is away is no longer so
    if (typing || classList.contains("away") || (!dialog && classList.contains("watching"))) return;
    if (event.key === "Enter") {
      if (event.target.closest?.("button, a, summary, input")) return;
      const primary = place.querySelector("button.primary:not([disabled])");
      if (primary) press(event, primary);
      return;
    }
    if (event.key.length !== 1) return;
    const wanted = place.querySelector(`button[data-key="${CSS.escape(event.key.toLowerCase())}"]:not([disabled])`);
    if (wanted) press(event, wanted);
  });
}

function press(event, button) {
  event.preventDefault();
  button.click();
}
