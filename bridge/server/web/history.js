// The user's steps, to undo and redo; and drafts that outlive the page.

const TAB = "emsync-tab";
const DRAFT = "emsync-draft";
const MOST_DRAFTS = 40;
const MOST_STEPS = 500;

/** Steps of `{job, draft}`. Undoing may lead back to an earlier version of the piece. */
export class History {
  #steps = [];
  #place = -1;

  /** The present step; null before the first. */
  get now() {
    return this.#steps[this.#place] ?? null;
  }

  get canUndo() {
    return this.#place > 0;
  }

  get canRedo() {
    return this.#place < this.#steps.length - 1;
  }

  /** Append a step; what was undone is dropped. */
  push(step) {
    this.#steps = [...this.#steps.slice(0, this.#place + 1), step].slice(-MOST_STEPS);
    this.#place = this.#steps.length - 1;
  }

  undo() {
    if (this.canUndo) this.#place -= 1;
    return this.now;
  }

  redo() {
    if (this.canRedo) this.#place += 1;
    return this.now;
  }
}

function tabId() {
  let id = sessionStorage.getItem(TAB);
  if (!id) {
    id = crypto.randomUUID().slice(0, 8);
    sessionStorage.setItem(TAB, id);
  }
  return id;
}

const keys = (job) => Object.keys(localStorage).filter((key) => key.startsWith(`${DRAFT}:${job}`));

/** Keep a draft of a job; each tab keeps its own, so no tab overwrites another's. */
export function keepDraft(job, draft) {
  const key = `${DRAFT}:${job}:${tabId()}`;
  try {
    localStorage.setItem(key, JSON.stringify({ at: Date.now(), draft }));
  } catch {
    // The browser's store is full or closed: the draft lives as long as the page.
    return;
  }
  const all = keys("").map((name) => [JSON.parse(localStorage.getItem(name)).at, name]);
  for (const [, name] of all.toSorted((one, other) => other[0] - one[0]).slice(MOST_DRAFTS)) {
    localStorage.removeItem(name);
  }
}

/** The draft of a job: this tab's, else the latest of any tab; null if there is none. */
export function keptDraft(job) {
  const own = localStorage.getItem(`${DRAFT}:${job}:${tabId()}`);
  if (own) return JSON.parse(own).draft;
  const all = keys(`${job}:`).map((name) => JSON.parse(localStorage.getItem(name)));
  return all.toSorted((one, other) => other.at - one.at)[0]?.draft ?? null;
}

/** Forget this tab's draft of a job, and the latest that it would take over. */
export function forgetDraft(job) {
  for (const key of keys(`${job}:`)) {
    if (key.endsWith(tabId())) localStorage.removeItem(key);
  }
}

/** Connect with other tabs. Returns what announces a change of a job to them. */
export function tabs(received) {
  const channel = new BroadcastChannel("emsync");
  channel.onmessage = (message) => received(message.data);
  return (job) => channel.postMessage(job);
}
