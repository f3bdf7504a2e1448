// Scrolling the score: by the bar under it, and by a finger.

const TAP = 6;

/**
 * Set up the bar under the score, which one can drag, or press beside. changed: called when the view
 * has scrolled. Returns what draws it.
 */
export function setUpScrollbar(bar, view, changed) {
  const thumb = bar.firstElementChild;
  const scroll = (pixels) => {
    // Pixels of the bar stand for more of the piece than those of the score.
    view.scroll((pixels * view.duration) / (view.until - view.from));
    changed();
  };
  bar.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    bar.setPointerCapture(event.pointerId);
    const box = bar.getBoundingClientRect();
    const middle = (view.from + view.until) / 2 / view.duration;
    if (event.target !== thumb) scroll(event.clientX - box.left - middle * box.width);
    let before = event.clientX;
    const move = ({ clientX }) => {
      scroll(clientX - before);
      before = clientX;
    };
    bar.addEventListener("pointermove", move);
    const end = () => bar.removeEventListener("pointermove", move);
    bar.addEventListener("pointerup", end, { once: true });
    bar.addEventListener("pointercancel", end, { once: true });
  });
  return () => {
    bar.hidden = view.showsAll;
    const shown = view.until - view.from;
    thumb.style.width = `${(100 * shown) / view.duration}%`;
    // A part of its own width. Unlike a margin, this does not paint the score anew.
    thumb.style.transform = `translateX(${(100 * view.from) / shown}%)`;
  };
}

/**
 * Follow a pointer that was pressed on the score. A mouse moves the playhead; a finger moves the
 * score, and goes to a moment by a tap. act: seek (x of the window), scroll (pixels).
 */
export function followPointer(element, event, { seek, scroll }) {
  const isTouch = event.pointerType === "touch";
  let [before, scrolled] = [event.clientX, false];
  const move = ({ clientX }) => {
    if (!isTouch) seek(clientX);
    else if (scrolled || Math.abs(clientX - before) >= TAP) {
      scroll(before - clientX);
      [before, scrolled] = [clientX, true];
    }
  };
  element.setPointerCapture(event.pointerId);
  if (!isTouch) seek(event.clientX);
  element.addEventListener("pointermove", move);
  const end = (ending) => {
    element.removeEventListener("pointermove", move);
    if (isTouch && !scrolled && ending.type === "pointerup") seek(ending.clientX);
  };
  element.addEventListener("pointerup", end, { once: true });
  element.addEventListener("pointercancel", end, { once: true });
}
