// The bar at the foot of the page: what has changed, and the button that composes.

import { byId } from "./dom.js";
import { newStretches } from "./cuts.js";
import { changesOf, changesPerformanceAlone, hasLocks, isRepeatable } from "./draft.js";
import { shortTime, stateText } from "./format.js";

/**
 * Show it. piece: the job that is open. job: the one that is being composed, or null. error: why there is no plan. planned: the
 * plan that is shown; null for that of the music. isPlanned: whether the piece has plans.
 */
export function showPlanBar({ piece, draft, base, job, planned, error, isPlanned }) {
  const changes = changesOf(draft, base);
  const locked = hasLocks(draft);
  const text = byId("plan-text");
  text.className = error && !job ? "bad" : "";
  text.textContent = job ? stateText(job) : error ?? sentence(changes, locked, planned, isPlanned, changesPerformanceAlone(draft, base) && piece);
  const bar = byId("plan-progress");
  bar.hidden = byId("cancel-compose").hidden = !job;
  if (job) bar.value = job.progress;
  byId("discard").hidden = Boolean(job) || !changes.length;
  const button = byId("compose-again");
  button.hidden = Boolean(job);
  button.disabled = Boolean(error);
  const isAround = Boolean(planned?.kept) && !locked;
  byId("compose-all").hidden = Boolean(job) || !isAround;
  button.textContent = locked ? "Compose the rest anew"
    : isAround ? "Compose around hits" : changes.length ? "Compose" : "Compose another";
  byId("plan-bar").dataset.changed = String(Boolean(job || changes.length));
}

function sentence(changes, locked, planned, isPlanned, played) {
  if (!changes.length) return locked ? "What you keep stays to the note." : "No changes.";
  const rest = played
    ? isRepeatable(played) ? " The notes stay; they are played anew." : " The whole piece is composed anew."
    : planned?.kept ? ` ${around(planned)} is new, all else stays.`
    : planned ? " The plan is shown; the music is still the old one."
      : isPlanned ? "" : " It is planned when you compose.";
  return `Changed: ${changes.join(", ")}.${rest}`;
}

/** The stretches that are not kept, such as `0:21 to 0:27`. */
function around({ kept, duration }) {
  const parts = kept.map(([from, to]) => ({ new: from, seconds: to - from }));
  return newStretches(parts, duration)
    .map(([from, to]) => `${shortTime(from)} to ${shortTime(Math.ceil(to))}`).join(", ");
}
