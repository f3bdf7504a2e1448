// Composes new versions: one job, or several after each other where several stretches are free.

import { ApiError, get, post } from "./api.js";
import { PARTS, changedHits, changedPerformance, changesHitsAlone, changesPerformanceAlone, changesPlan, cuesOf,
  editsOf, freeStretches, hasLocks, hasPlan, isRepeatable } from "./draft.js";
import { soundOf } from "./load.js";

const HIT_WITH_PART = "Where a hit moves, all parts change. Unlock the parts, or undo the hits.";
const HIT_IS_KEPT = "A hit has moved within a phrase that you keep. Unlock the phrase, or undo the hit.";
const ONE_BY_ONE = "While phrases are kept, compose moved hits first, and other changes afterwards.";
const ALL_KEPT = "Everything is kept. Unlock a part or a phrase to compose it anew.";

/**
 * The requests that make a new version: `[endpoint, values]` each. planned: null for no new plan;
 * one with `kept` is of the bars around moved hits, and those alone are composed.
 *
 * Raises ApiError if nothing is left to compose, or hits have moved in what is kept.
 */
export function requestsFor({ draft, base, job, cues, request, phrases, planned }) {
  const { takes } = draft.options;
  const isPlayedAnew = isRepeatable(job) && changesPerformanceAlone(draft, base);
  const seed = draft.options.seed ?? (isPlayedAnew ? request.seed ?? 0 : null);
  const playing = changedPerformance(draft, base);
  const changed = changesPlan(draft, base) && (planned || !hasPlan(cues, request));
  const plan = changed && planned ? { plan: JSON.parse(planned.plan) } : {};
  const sheet = cuesOf(draft, cues);
  if (!hasLocks(draft)) {
    if (planned?.kept) return [["rescore", { cues: sheet, seed, takes: takes ?? 1, ...playing }]];
    const edits = editsOf(draft);
    // Without a plan of its own, the next piece is planned with the seed of its notes.
    if (!changed && !request.plan && !isPlayedAnew) edits.planSeed = seed ?? (request.seed ?? 0) + 1;
    return [["regenerate", { ...plan, ...(changed && { cues: sheet }), seed, takes, edits, ...playing }]];
  }
  const parts = PARTS.filter((part) => !draft.locks.parts.includes(part));
  const stretches = freeStretches(draft, phrases);
  if (!parts.length || !stretches.length) throw new ApiError(400, ALL_KEPT);
  const some = parts.length < PARTS.length ? { parts } : {};
  const moved = changedHits(draft, base);
  if (moved.length) {
    if (some.parts) throw new ApiError(400, HIT_WITH_PART);
    if (!changesHitsAlone(draft, base)) throw new ApiError(400, ONE_BY_ONE);
    const isFree = (time) => stretches.some(([from, to]) => time >= from && time <= to);
    if (!moved.every(isFree)) throw new ApiError(400, HIT_IS_KEPT);
  }
  let hits = base.hits;
  return stretches.map(([from, to]) => {
    const inside = (hit) => hit.seconds >= from && hit.seconds <= to;
    if (moved.some((seconds) => inside({ seconds }))) {
      // Hits of later stretches move with the jobs of those.
      hits = [...hits.filter((hit) => !inside(hit)), ...draft.hits.filter(inside)]
        .toSorted((one, other) => one.seconds - other.seconds);
      return ["rescore", { from, to, cues: cuesOf({ ...draft, hits }, cues), seed, takes, ...playing }];
    }
    const feeling = newEmotion(draft, base, (from + to) / 2);
    return ["rescore", { from, to, ...some, ...(moved.length ? {} : plan), ...feeling, seed, takes, ...playing }];
  });
}

/** Valence and arousal of the section at a time, if the user has changed them. */
function newEmotion(draft, base, seconds) {
  const place = draft.sections.findIndex(({ start, end }) => seconds >= start && seconds < end);
  const section = draft.sections[place];
  if (!section || JSON.stringify(section) === JSON.stringify(base.sections[place])) return {};
  return { valence: section.valence, arousal: section.arousal };
}

/** Runs requests; calls back with each change of the job that runs. */
export class Composer {
  job = null;
  #rest = [];
  #written = null;
  #sounding = null;
  #back;

  /**
   * back: has `progress(job)`, `done(job)` and `failed(message, job)`. `written(job)`: its notes are
   * there, and its sound is being made. `sounds(job)`: its sound is there, and its film is being made.
   */
  constructor(back) {
    this.#back = back;
  }

  /** Compose a version of a job. Raises ApiError if the first request is refused. */
  async start(parent, requests) {
    const [[endpoint, values], ...rest] = requests;
    this.job = await post(`/jobs/${parent}/${endpoint}`, values);
    this.#rest = rest;
    this.#back.progress(this.job);
  }

  /** Take an event of the server. */
  receive(event) {
    if (!this.job) return;
    if (event.event === "progress" && event.job === this.job.id) {
      this.job = { ...this.job, state: event.state, progress: event.share };
      this.#back.progress(this.job);
      this.#tellWritten();
    } else if (event.event === "sound" && event.job === this.job.id) this.#tellSound();
    else if (event.event === "job" && event.id === this.job.id) this.#take(event);
  }

  /** Look the job up, after events may have been missed. */
  async refresh() {
    if (!this.job) return;
    const job = await get(`/jobs/${this.job.id}`);
    this.#take(job);
    if (job.state === "rendering" && soundOf(job)) this.#tellSound();
  }

  async #take(job) {
    this.job = job;
    if (job.state === "done") {
      if (this.#rest.length) {
        await this.start(job.id, this.#rest).catch((error) => this.#fail(error.message));
        return;
      }
      this.job = null;
      this.#back.done(job);
    } else if (["failed", "cancelled", "interrupted"].includes(job.state)) {
      this.#fail(job.state === "failed" ? job.error : null);
    } else {
      this.#back.progress(job);
      this.#tellWritten();
    }
  }

  #tellWritten() {
    const { job } = this;
    if (job.state !== "rendering" || this.#rest.length || this.#written === job.id) return;
    this.#written = job.id;
    this.#back.written(job);
  }

  #tellSound() {
    const { job } = this;
    if (this.#rest.length || this.#sounding === job.id) return;
    this.#sounding = job.id;
    this.#back.sounds(job);
  }

  #fail(message) {
    const { job } = this;
    this.job = null;
    this.#rest = [];
    this.#back.failed(message, job);
  }
}
