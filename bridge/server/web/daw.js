// The server's playback into the DAW, as what may lead the picture.

import { post } from "./api.js";

/** Plays a job in the DAW. Its time runs on between the reports of the server. */
export class Daw {
  state = null;
  job = null;
  #at = 0;
  #fail;

  constructor(fail) {
    this.#fail = fail;
  }

  /** Take a report of the server. */
  receive(state) {
    this.state = state;
    this.#at = performance.now();
  }

  get playing() {
    return this.state?.state === "playing" && this.state.job === this.job;
  }

  get time() {
    if (!this.state || this.state.job !== this.job) return 0;
    return this.state.seconds + (this.playing ? (performance.now() - this.#at) / 1000 : 0);
  }

  play(seconds) {
    return this.#ask("/play", { job: this.job, seconds });
  }

  pause() {
    return this.#ask("/pause");
  }

  seek(seconds) {
    const isLoaded = this.state?.job === this.job;
    return isLoaded ? this.#ask("/locate", { seconds }) : Promise.resolve();
  }

  follow(transport) {
    return this.#ask("/follow", transport ? { transport } : {});
  }

  async #ask(path, values) {
    try {
      this.receive(await post(path, values));
    } catch (error) {
      this.#fail(error);
    }
  }
}
