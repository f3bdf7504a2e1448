// The row of the transport: play, the other version, and the time.

import { byId } from "./dom.js";
import { exactTime } from "./format.js";

const FEWEST_FRAMES = 5;

/** Show whether it plays, and which version sounds. other: the one to compare with, or null. */
export function showTransport({ playing, sounding }, other) {
  const play = byId("play");
  play.dataset.state = playing ? "playing" : "paused";
  play.setAttribute("aria-label", playing ? "Pause" : "Play");
  const button = byId("ab");
  button.hidden = !other;
  button.setAttribute("aria-pressed", String(sounding === "b"));
  button.textContent = sounding === "b" ? "Other version" : "This version";
  if (other) button.title = `Hear ${other.name} at the same moment (B)`;
}

/** Show the time, the bar, and how far the picture is from the sound. bars: when each begins. */
export function showTime({ time, playing, sync }, bars) {
  setText("clock", exactTime(time));
  const bar = bars.findLastIndex((start) => start <= time + 0.001) + 1;
  setText("place", bar ? `bar ${bar}` : "");
  const isMeasured = playing && sync.frames > FEWEST_FRAMES;
  setText("sync", isMeasured ? `${Math.round(1000 * sync.mean)} ms` : "");
  if (playing) Object.assign(byId("film").dataset, { worst: sync.worst.toFixed(4), frames: sync.frames });
}

/** This runs before every frame of the screen: a text that stays is not laid out anew. */
function setText(id, text) {
  const element = byId(id);
  if (element.textContent !== text) element.textContent = text;
}
