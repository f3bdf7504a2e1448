// The keys of the piece's view.

const TYPING = "input:not([type=checkbox]):not([type=range]), textarea, select, dialog";
const PRESSED = "button:not([role=tab]), a, summary, input";
const MOVES = new Set(["arrowleft", "arrowright", "arrowup", "arrowdown", "home", "end"]);

/** Set up the keys. act: play, step, frame, seek, toggleOther, addHit, zoom, undo, redo, help. */
export function setUpKeys(isActive, act) {
  addEventListener("keydown", (event) => {
    if (!isActive() || event.altKey || event.target.closest?.(TYPING)) return;
    const command = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (command && key === "z") (event.shiftKey ? act.redo : act.undo)();
    else if (command && key === "y") act.redo();
    else if (command) return;
    // A button that has the focus is pressed by the space bar. A tab is chosen already.
    else if (key === " " && !event.target.closest?.(PRESSED)) act.play();
    // Sliders and tabs keep these keys only: after a click on a tab, B and H must still work.
    else if (MOVES.has(key) && event.target.closest?.("input, [role=tablist]")) return;
    else if (key === "arrowleft") act.step(-1, event.shiftKey);
    else if (key === "arrowright") act.step(1, event.shiftKey);
    else if (key === "home") act.seek(0);
    else if (key === "end") act.seek(Infinity);
    else if (key === "b") act.toggleOther();
    else if (key === "h") act.addHit();
    else if (key === "+" || key === "=") act.zoom(1.5);
    else if (key === "-") act.zoom(1 / 1.5);
    else if (key === "0") act.zoom(0);
    else if (key === "?") act.help();
    else return;
    event.preventDefault();
  });
}
