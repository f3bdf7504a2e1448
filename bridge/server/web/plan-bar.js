// The bar at the foot of the page: what has changed, and the button that composes.

import { byId } from "./dom.js";
import { changesOf, hasLocks } from "./draft.js";
import { stateText } from "./format.js";

/**
 * Show it. job: the one that is being composed, or null. error: why there is no plan. hasNewPlan:
 * whether a plan is shown that is not that of the music. isPlanned: whether the piece has plans.
 */
export function showPlanBar({ draft, base, job, hasNewPlan, error, isPlanned }) {
  const changes = changesOf(draft, base);
  const locked = hasLocks(draft);
  const text = byId("plan-text");
  text.className = error && !job ? "bad" : "";
  text.textContent = job ? stateText(job) : error ?? sentence(changes, locked, hasNewPlan, isPlanned);
  const bar = byId("plan-progress");
  bar.hidden = byId("cancel-compose").hidden = !job;
  if (job) bar.value = job.progress;
  byId("discard").hidden = Boolean(job) || !changes.length;
  const button = byId("compose-again");
  button.hidden = Boolean(job);
  button.disabled = Boolean(error);
  button.textContent = locked ? "Compose the rest anew"
    : changes.length ? "Compose" : "Compose another";
  byId("plan-bar").dataset.changed = String(Boolean(job || changes.length));
}

function sentence(changes, locked, hasNewPlan, isPlanned) {
  if (!changes.length) return locked ? "What you keep stays to the note." : "No changes.";
  const rest = hasNewPlan ? " The plan is shown; the music is still the old one."
    : isPlanned ? "" : " It is planned when you compose.";
  return `Changed: ${changes.join(", ")}.${rest}`;
}
