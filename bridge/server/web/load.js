// Fetches what the page shows of a job.

import { get } from "./api.js";

const PEAKS = 6000;

/** A piece: its job, cue sheet, notes, edits, and all versions for its film, the oldest first. */
export async function loadPiece(id) {
  const job = await get(`/jobs/${id}`);
  const [cues, notes, edits, { jobs }] = await Promise.all([
    get(`/jobs/${id}/files/cues.json`), loadNotes(id, 1), editsFor(job), get("/jobs"),
  ]);
  const isVersion = (one) => one.kind !== "analyze" && one.request.video === job.request.video;
  return { job, cues, notes, edits, versions: jobs.filter(isVersion) };
}

/** The notes of a take. */
export const loadNotes = (id, take) => get(`/jobs/${id}/notes?take=${take}`);

/** The summary of a job's sound; null if it has none. */
export async function loadPeaks(job) {
  if (!soundOf(job)) return null;
  return get(`/jobs/${job.id}/peaks?points=${PEAKS}`).catch(() => null);
}

/** The address of a job's sound file; null if it has none. */
export function soundOf(job) {
  const name = (job.files ?? []).find((file) => /^(score|reel)\.(wav|flac)$/.test(file));
  return name ? `/jobs/${job.id}/files/${name}` : null;
}

/** What a job, or those that it came from, kept of a draft. */
async function editsFor(job) {
  for (let one = job; ; ) {
    if (one.edits || !one.parent) return one.edits ?? null;
    const parent = await get(`/jobs/${one.parent}`).catch(() => null);
    if (!parent) return null;
    one = parent;
  }
}
