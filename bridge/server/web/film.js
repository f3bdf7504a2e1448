// Shows the film of a job; where the browser can't, a small copy that the server makes.

import { post } from "./api.js";
import { byId } from "./dom.js";

const AGAIN = 700;

/** The film beside the score. */
export class Film {
  #player;
  #video = byId("film");
  #note = byId("film-note");
  #path = null;
  #job = null;
  #turn = 0;

  constructor(player) {
    this.#player = player;
    this.#video.addEventListener("error", () => this.#preview());
    this.#video.addEventListener("loadedmetadata", () => {
      // Sound alone: the browser does not know the picture's codec.
      if (!this.#video.videoWidth) this.#preview();
    });
  }

  /** Show the film of a job, unless this cut is shown already. isUnknown: nobody has its picture. */
  show(job, cut, isUnknown) {
    if (this.#path === cut && !isUnknown) return;
    [this.#path, this.#job] = [isUnknown ? null : cut, job.id];
    this.#turn += 1;
    this.#say(isUnknown ? "This version is of an edit list. Its picture is not known; the music plays without it." : "");
    this.#player.setFilm(isUnknown ? null : `/jobs/${job.id}/film`);
  }

  async #preview() {
    if (!this.#video.getAttribute("src")) return;
    if (this.#video.src.includes("/preview")) {
      this.#say("This browser can't show the film. The music plays without it.");
      return;
    }
    const turn = this.#turn;
    this.#player.setFilm(null);
    for (;;) {
      let made;
      try {
        made = await post(`/jobs/${this.#job}/preview`);
      } catch (error) {
        if (turn === this.#turn) this.#say(error.message);
        return;
      }
      if (turn !== this.#turn) return;
      if (made.state === "ready") break;
      this.#say(`Making a copy of the film for this browser: ${Math.round(100 * made.share)}%`);
      await new Promise((resolve) => setTimeout(resolve, AGAIN));
      if (turn !== this.#turn) return;
    }
    this.#say("");
    this.#player.setFilm(`/jobs/${this.#job}/preview`);
  }

  #say(text) {
    this.#note.textContent = text;
    this.#note.hidden = !text;
  }
}
