// Texts for times, names and states.

const two = (number) => String(number).padStart(2, "0");

/** Seconds as `1:05` or `1:02:05`. */
export function shortTime(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = two(whole % 60);
  return hours ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Seconds as `1:05.32`. */
export function exactTime(seconds) {
  const hundredths = Math.max(0, Math.round(seconds * 100));
  return `${shortTime(Math.floor(hundredths / 100))}.${two(hundredths % 100)}`;
}

/** Seconds from `65.3`, `1:05.3` or `1:02:05`; NaN for other texts. */
export function parseTime(text) {
  const parts = text.trim().split(":").map((part) => (part.trim() === "" ? NaN : Number(part)));
  return parts.length > 3 ? NaN : parts.reduce((sum, part) => sum * 60 + part, 0);
}

/** The name of a film's file. */
export const fileName = (path) => path.split(/[\\/]/).pop();

const STATES = {
  queued: "Waiting for other jobs",
  analyzing: "Looking at the film",
  composing: "Composing",
  rendering: "Making the sound and the film",
  done: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
  interrupted: "Interrupted: the server ended",
};

/** Whether a job has not ended. */
export const isRunning = (job) => job.state === "queued" || isBusy(job);

const isBusy = (job) => ["analyzing", "composing", "rendering"].includes(job.state);

/** The state of a job in words. */
export function stateText(job) {
  const share = isBusy(job) && job.progress > 0;
  return (STATES[job.state] ?? job.state) + (share ? `, ${Math.round(100 * job.progress)}%` : "");
}

/** Why a job failed, without the name of the old piece's job, which says nothing to the user. */
export const errorText = (error) => error.replace(/^job \w+: ./, (start) => start.at(-1).toUpperCase());

/** When a job was submitted, such as `14:05` or `3 May, 14:05`. */
export function whenText(job) {
  const then = new Date(1000 * job.created);
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  if (then.toDateString() === new Date().toDateString()) return time;
  return `${then.toLocaleDateString([], { day: "numeric", month: "short" })}, ${time}`;
}

/** `1 hit`, `2 hits`. */
export const counted = (number, word) => `${number} ${word}${number === 1 ? "" : "s"}`;
