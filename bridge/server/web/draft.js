// The user's changes to a piece, as plain values that are never changed themselves.
//
// A draft has: hits, sections, options (bpm, key, ...), players (who plays in which stretch) and
// locks (parts and stretches that are to stay). All times are seconds from the score's zero.

import { PERFORMANCE, usual } from "./performance.js";

export const PARTS = ["bass", "drums", "guitar", "piano", "strings"];
const SAME = 0.05;

/**
 * The draft of a piece that nobody has changed yet. edits: what an earlier draft left with it, see
 * `editsOf`; null for none.
 */
export function draftOf(cues, request, edits) {
  const given = (name) => request[name] ?? null;
  const names = ["bpm", "time_signature", "key", "density", "instruments"];
  return {
    hits: cues.boundaries.map(hitOf),
    sections: cues.sections,
    options: {
      ...(edits?.options ?? Object.fromEntries(names.map((name) => [name, given(name)]))),
      ...Object.fromEntries(PERFORMANCE.map((name) => [name, given(name)])),
      takes: given("takes"),
      seed: null,
    },
    players: edits?.players ?? [],
    planSeed: edits?.planSeed ?? request.planSeed ?? 0,
    locks: { parts: [], stretches: [] },
  };
}

/** What a version keeps of its draft beside its cue sheet and plan, to change it once more. */
export function editsOf({ options, players, planSeed }) {
  return { options: ofPlan(options), players, planSeed };
}

/** The options that the plan depends on. */
const ofPlan = ({ takes, seed, dynamics, humanize, expression, ...options }) => options;

const hitOf = (hit) => (typeof hit === "number" ? { seconds: hit } : hit);
const bySeconds = (one, other) => one.seconds - other.seconds;
const near = (one, other) => Math.abs(one - other) < SAME;
const alike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/** With a hit at another time. Hits that would fall on another are kept a frame apart. */
export function moveHit(draft, index, seconds) {
  const hits = draft.hits.map((hit, at) => (at === index ? { ...hit, seconds } : hit));
  return { ...draft, hits: hits.toSorted(bySeconds) };
}

/** With a hit more; returns the draft unchanged if there is one already. */
export function addHit(draft, seconds) {
  if (draft.hits.some((hit) => Math.abs(hit.seconds - seconds) < 0.002)) return draft;
  return { ...draft, hits: [...draft.hits, { seconds }].toSorted(bySeconds) };
}

/** Without a hit. */
export function removeHit(draft, index) {
  return { ...draft, hits: draft.hits.filter((_, at) => at !== index) };
}

/** With another label, or another answer to whether a hit must be met. */
export function editHit(draft, index, change) {
  const hits = draft.hits.map((hit, at) => (at === index ? { ...hit, ...change } : hit));
  return { ...draft, hits };
}

/** With another emotion of a section: valence and arousal, -1..1. */
export function setEmotion(draft, index, valence, arousal) {
  const sections = draft.sections.map((section, at) =>
    at === index
      ? { start: section.start, end: section.end, valence, arousal, source: "user" }
      : section,
  );
  return { ...draft, sections };
}

/** With another option of the whole piece; null leaves it to the plan. */
export function setOption(draft, name, value) {
  return { ...draft, options: { ...draft.options, [name]: value } };
}

/** With other players in a stretch. */
export function setPlayers(draft, from, to, instruments) {
  const others = draft.players.filter((one) => !(near(one.from, from) && near(one.to, to)));
  return { ...draft, players: [...others, { from, to, instruments }] };
}

/** With a part locked or free. */
export function togglePart(draft, part) {
  const { parts } = draft.locks;
  const next = parts.includes(part) ? parts.filter((one) => one !== part) : [...parts, part];
  return { ...draft, locks: { ...draft.locks, parts: next } };
}

/** Whether a stretch is locked. */
export const isLocked = (draft, from, to) =>
  draft.locks.stretches.some(([start, end]) => near(start, from) && near(end, to));

/** With a stretch locked or free. */
export function toggleStretch(draft, from, to) {
  const { stretches } = draft.locks;
  const next = isLocked(draft, from, to)
    ? stretches.filter(([start, end]) => !(near(start, from) && near(end, to)))
    : [...stretches, [from, to]].toSorted((one, other) => one[0] - other[0]);
  return { ...draft, locks: { ...draft.locks, stretches: next } };
}

/** Whether anything is to stay as it is. */
export const hasLocks = ({ locks }) => locks.parts.length + locks.stretches.length > 0;

/** What differs from the piece, in words. */
export function changesOf(draft, base) {
  const changes = [];
  const moved = draft.hits.filter((hit) => !base.hits.some((one) => alike(one, hit))).length;
  const gone = base.hits.length - draft.hits.length;
  if (moved || gone > 0) {
    const number = Math.max(moved, gone);
    changes.push(number === 1 ? "a hit" : `${number} hits`);
  }
  const felt = draft.sections.filter((section, at) => !alike(section, base.sections[at])).length;
  if (felt) changes.push(felt === 1 ? "an emotion" : `${felt} emotions`);
  const names = { bpm: "tempo", time_signature: "time signature", key: "key", density: "density",
    instruments: "instruments", dynamics: "dynamics", humanize: "note lengths", expression: "swells and pedal",
    takes: "takes", seed: "seed" };
  for (const [name, text] of Object.entries(names)) {
    if (!alike(draft.options[name], base.options[name])) changes.push(text);
  }
  if (!alike(draft.players, base.players)) changes.push("who plays");
  return changes;
}

/** What the music knows of hits: their names do not count. */
const unnamed = (hits) => hits.map(({ label, ...rest }) => rest);

/** Whether hits differ from those of the piece, and nothing else of the plan does. */
export function changesHitsAlone(draft, base) {
  const named = { ...draft, hits: base.hits };
  return !alike(unnamed(draft.hits), unnamed(base.hits)) && !changesPlan(named, base);
}

/** The times of hits that only the draft or only the piece has. */
export function changedHits(draft, base) {
  const texts = ({ hits }) => unnamed(hits).map((hit) => JSON.stringify(hit));
  const [after, before] = [texts(draft), texts(base)];
  const differing = [...after.filter((hit) => !before.includes(hit)), ...before.filter((hit) => !after.includes(hit))];
  return differing.map((hit) => JSON.parse(hit).seconds);
}

/** Whether the plan of a draft is another than that of the piece. */
export function changesPlan(draft, base) {
  const planned = ({ hits, sections, players, options }) => [hits, sections, players, ofPlan(options)];
  return !alike(planned(draft), planned(base));
}

/** What has changed of how notes are played, as a request has it. */
export function changedPerformance(draft, base) {
  const changed = PERFORMANCE.filter((name) => draft.options[name] !== base.options[name]);
  return Object.fromEntries(changed.map((name) => [name, draft.options[name] ?? usual(name)]));
}

/** Whether notes are played in another way, and nothing else differs from the piece. */
export function changesPerformanceAlone(draft, base) {
  const { takes, seed } = draft.options;
  const isSame = takes === base.options.takes && seed === base.options.seed && !hasLocks(draft);
  return isSame && !changesPlan(draft, base) && Object.keys(changedPerformance(draft, base)).length > 0;
}

/** Whether a job's seed gives its notes again: it composed the whole piece, and nobody changed it live. */
export const isRepeatable = (job) => job.kind === "compose" && !job.request.live && !job.request.changes;

/** Whether a piece has one plan: not a film with several cues, and no piece in free time. */
export const hasPlan = (cues, request) => !cues.spotting?.length && !request.free;

/** The cue sheet of a draft. */
export function cuesOf(draft, cues) {
  const boundaries = draft.hits.map((hit) =>
    Object.keys(hit).length === 1 ? hit.seconds : hit,
  );
  return { ...cues, boundaries, sections: draft.sections };
}

/** What `POST /plan` needs. */
export function planRequest(draft, cues, request) {
  const values = { cues: cuesOf(draft, cues), seed: draft.planSeed, ...ofPlan(draft.options) };
  for (const name of ["feel", "chords", "tempo_map"]) values[name] = request[name] ?? null;
  return { ...values, players: draft.players };
}

/**
 * The stretches that are not locked, joined where they meet. phrases: of the piece.
 */
export function freeStretches(draft, phrases) {
  const free = [];
  for (const { start, end } of phrases) {
    if (isLocked(draft, start, end)) continue;
    if (free.length && near(free.at(-1)[1], start)) free.at(-1)[1] = end;
    else free.push([start, end]);
  }
  return free;
}
