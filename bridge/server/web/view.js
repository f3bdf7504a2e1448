// Which stretch of time the timeline shows, and how time turns into pixels.

const LEAST_SECONDS = 1;
const FOLLOW_AT = 0.35;

/** Times are seconds of the piece, places are pixels from the left edge of the lanes. */
export class View {
  duration = 1;
  width = 1;
  #from = 0;
  #seconds = 1;

  get from() {
    return this.#from;
  }

  get until() {
    return this.#from + this.#seconds;
  }

  /** Pixels of a second. */
  get scale() {
    return this.width / this.#seconds;
  }

  get showsAll() {
    return this.#seconds >= this.duration - 1e-6;
  }

  x(seconds) {
    return (seconds - this.#from) * this.scale;
  }

  seconds(x) {
    return this.#from + x / this.scale;
  }

  /** Another piece: show it from its beginning, as much as can be read. */
  reset(duration) {
    this.duration = Math.max(duration, LEAST_SECONDS);
    const readable = Math.max(12, this.width / 24);
    // A little more than can be read well is better than a rest out of sight.
    this.#seconds = this.duration < 1.5 * readable ? this.duration : readable;
    this.#from = 0;
  }

  /** Zoom about a time by a factor; more than 1 shows less. */
  zoom(factor, about) {
    const x = this.x(about);
    this.#seconds = Math.min(this.duration, Math.max(LEAST_SECONDS, this.#seconds / factor));
    this.#place(about - x / this.scale);
  }

  scroll(pixels) {
    this.#place(this.#from + pixels / this.scale);
  }

  /** Scroll so that a time can be seen; while it plays it stays at one place. */
  show(seconds, playing) {
    if (this.showsAll) return;
    if (playing) this.#place(seconds - FOLLOW_AT * this.#seconds);
    else if (seconds < this.from || seconds > this.until) this.#place(seconds - this.#seconds / 2);
  }

  #place(from) {
    this.#from = Math.min(Math.max(0, from), Math.max(0, this.duration - this.#seconds));
  }
}
