// Cuts of a film: which films are cuts of one another, and what a version kept of the one before.

import { make } from "./dom.js";
import { counted, shortTime } from "./format.js";

/**
 * The films that are cuts of one another, by path: a map from each film of some jobs to the set that
 * it belongs to. A re-cut joins the film of its parent with its own.
 */
export function cutsOf(jobs) {
  const sets = new Map();
  const films = new Map(jobs.map((job) => [job.id, job.request.video]));
  for (const { kind, parent, request: { video } } of jobs) {
    const before = kind === "recut" ? films.get(parent) : undefined;
    const joined = new Set([...(sets.get(video) ?? [video]), ...(sets.get(before) ?? [])]);
    for (const film of joined) sets.set(film, joined);
  }
  return sets;
}

/** Whether the picture of a re-cut is unknown: it was made of an edit list alone. */
export const hasNoPicture = ({ recut }) => Boolean(recut && !recut.video);

/** The stretches of a piece that are not kept. parts: rising, `{new, seconds}` each. */
export function newStretches(parts, duration) {
  const edges = [0, ...parts.flatMap((part) => [part.new, part.new + part.seconds]), duration];
  const found = [];
  for (let place = 0; place < edges.length; place += 2) {
    const [from, to] = [edges[place], edges[place + 1]];
    if (to - from > 0.05) found.push([from, to]);
  }
  return found;
}

/** What a version kept, as a bar and a list. kept: of its report. */
export function keptView({ seconds, bars, notes, parts }, duration) {
  const stretches = newStretches(parts, duration);
  const rows = [
    ...parts.map((part) => ({ from: part.new, to: part.new + part.seconds, old: part.old, bars: part.bars })),
    ...stretches.map(([from, to]) => ({ from, to, isNew: true })),
  ].toSorted((one, other) => one.from - other.from);
  return make("section", { class: "kept", "aria-label": "What this version kept" },
    make("p", {}, make("strong", { text: `Kept ${seconds.toFixed(1)} of ${duration.toFixed(1)} s` }),
      `: ${counted(bars, "bar")}, ${counted(notes, "note")}`),
    make("div", { class: "kept-bar", "aria-hidden": "true" }, ...rows.map(({ from, to, isNew }) => {
      const piece = make("span", { class: isNew ? "new" : "" });
      piece.style.flexGrow = String(to - from);
      return piece;
    })),
    make("ul", {}, ...rows.map((row) => make("li", { class: row.isNew ? "new" : "", text: sentence(row) }))));
}

function sentence({ from, to, old, bars, isNew }) {
  const times = `${shortTime(from)} to ${shortTime(to)}`;
  if (isNew) return `${times}: new`;
  const moved = Math.abs(old - from) > 0.05 ? `, was at ${shortTime(old)}` : "";
  return `${times}: kept${bars ? `, ${counted(bars, "bar")}` : ""}${moved}`;
}
