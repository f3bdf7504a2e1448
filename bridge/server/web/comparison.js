// Which music sounds: a take of the piece, and another version to compare it with.

import { get } from "./api.js";
import { whenText } from "./format.js";
import { loadNotes, soundOf } from "./load.js";

/** Gives the player its two voices: A is the piece that is open, B the other version. */
export class Comparison {
  /** The take of the piece. */
  take = 1;
  /** The version to compare with: `{job, take, name}`, or null. */
  other = null;
  /** Whether the piece is played by simple tones. */
  isSketched = false;
  #player;
  #job = null;
  #notes = null;

  constructor(player) {
    this.#player = player;
  }

  /** Another piece, with a version to compare it with, or null. */
  setPiece(job, notes, other) {
    [this.#job, this.#notes, this.take, this.other] = [job, notes, 1, other];
    return this.#setVoices();
  }

  /** The same piece, which has more files now. */
  renew(job) {
    this.#job = job;
    return this.#setVoices();
  }

  /** Another take of the piece; returns its notes. */
  async setTake(number) {
    this.#notes = await loadNotes(this.#job.id, number);
    this.take = number;
    await this.#setVoices();
    return this.#notes;
  }

  /** Compare with a version, or no longer if it is that one already. */
  toggle(job, take) {
    const isSame = this.other?.job === job && this.other.take === take;
    this.other = isSame ? null : { job, take };
    return this.#setVoices();
  }

  /** Let the other version sound; returns what to say of it. */
  switch() {
    if (!this.other) return "There is no other version. Choose one under Versions.";
    const next = this.#player.sounding === "a" ? "b" : "a";
    this.#player.setSounding(next);
    return next === "a" ? "This version" : "The other version";
  }

  /** Only sound is compared with sound: if one has no file, both are sketched. */
  async #setVoices() {
    let url = this.take === 1 ? soundOf(this.#job) : null;
    if (this.other) {
      const { job: id, take } = this.other;
      const [job, notes] = await Promise.all([get(`/jobs/${id}`), loadNotes(id, take)]);
      let otherUrl = take === 1 ? soundOf(job) : null;
      if (!url || !otherUrl) [url, otherUrl] = [null, null];
      this.#player.setVoice("b", otherUrl, notes.parts);
      this.other = { ...this.other, name: `the version of ${whenText(job)}` };
    } else this.#player.setSounding("a");
    this.#player.setVoice("a", url, this.#notes.parts);
    this.isSketched = !url;
  }
}
