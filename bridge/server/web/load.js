// Fetches what the page shows of a job.

import { get } from "./api.js";

const PEAKS = 6000;

/**
 * A piece: its job, cue sheet, notes, edits, and all versions for its film, the oldest first.
 * request: the options of the whole piece, which a job that composed a part of it does not have.
 */
export async function loadPiece(id) {
  const job = await get(`/jobs/${id}`);
  const [cues, notes, { edits, whole }, { jobs }] = await Promise.all([
    get(`/jobs/${id}/files/cues.json`), loadNotes(id, 1), originOf(job), get("/jobs"),
  ]);
  const isVersion = (one) => one.kind !== "analyze" && one.request.video === job.request.video;
  const request = { ...whole.request, seed: job.request.seed };
  return { job, request, cues, notes, edits, versions: jobs.filter(isVersion) };
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

/**
 * What a job, or those that it came from, kept of a draft; and the job that composed the whole
 * piece.
 */
async function originOf(job) {
  let [one, edits, whole] = [job, null, null];
  while (one) {
    edits ??= one.edits ?? null;
    if (one.kind !== "rescore") whole ??= one;
    if ((edits && whole) || !one.parent) break;
    one = await get(`/jobs/${one.parent}`).catch(() => null);
  }
  return { edits, whole: whole ?? job };
}
