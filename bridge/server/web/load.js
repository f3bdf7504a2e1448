// Fetches what the page shows of a job.

import { get } from "./api.js";
import { cutsOf } from "./cuts.js";
import { PERFORMANCE } from "./performance.js";

const PEAKS = 6000;

/**
 * A piece: its job, cue sheet, notes, edits, and all versions for its film and the cuts of that, the
 * oldest first. request: the options of the whole piece, which a job that composed a part of it does
 * not have; `planSeed` is the seed of its plan. kept: what it kept of the version before, from its report; null if it kept nothing.
 */
export async function loadPiece(id) {
  const job = await get(`/jobs/${id}`);
  const [cues, notes, { edits, whole }, { jobs }, kept] = await Promise.all([
    get(`/jobs/${id}/files/cues.json`), loadNotes(id, 1), originOf(job), get("/jobs"), loadKept(job),
  ]);
  const played = Object.fromEntries(PERFORMANCE.map((name) => [name, job.request[name]]));
  const request = { ...whole.request, seed: job.request.seed, planSeed: whole.request.seed, ...played };
  return { job, request, cues, notes, edits, kept, versions: versionsOf(jobs, job.request.video) };
}

/** The jobs for a film and its cuts, but for analyses. */
export function versionsOf(jobs, film) {
  const films = cutsOf(jobs).get(film);
  return jobs.filter((job) => job.kind !== "analyze" && films?.has(job.request.video));
}

/** What a job kept of its parent's piece. Its report is there once its sound is made. */
export async function loadKept(job) {
  if (!["recut", "rescore"].includes(job.kind) || !job.files?.includes("report.json")) return null;
  const report = await get(`/jobs/${job.id}/files/report.json`).catch(() => ({}));
  return report[job.kind] ?? null;
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
