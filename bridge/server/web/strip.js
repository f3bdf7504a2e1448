// The film strip above the score: small frames of the film, from one picture with all of them.

const TILE = { width: 96, height: 54 };

/** The strip of a piece. changed: called when its picture has come, or turns out to be missing. */
export class Strip {
  #image = null;
  #path = null;
  #changed;

  constructor(changed) {
    this.#changed = changed;
  }

  /** Whether there are frames to draw, now or once they have come: the rows below must not jump. */
  get isThere() {
    return this.#path !== null;
  }

  /** Another piece: its strip has a frame for each of some equal parts of it. */
  async show(job) {
    const path = job.files?.includes("strip.jpg") ? `/jobs/${job.id}/files/strip.jpg` : null;
    [this.#path, this.#image] = [path, null];
    if (!path) return;
    const image = new Image();
    image.src = path;
    await image.decode().catch(() => {});
    // Unlike an image, a bitmap stays decoded.
    const bitmap = image.naturalWidth ? await createImageBitmap(image) : null;
    if (path !== this.#path) return;
    this.#image = bitmap;
    if (!bitmap) this.#path = null;
    this.#changed();
  }

  /** Draw the frames of a stretch of time. They stand at fixed times, so that they scroll with it. */
  draw(context, view, { top, height }) {
    if (!this.#image) return;
    const count = Math.round(this.#image.width / TILE.width);
    const width = (height * TILE.width) / TILE.height;
    const step = width / view.scale;
    for (let place = Math.floor(view.from / step); place * step < view.until; place++) {
      const middle = Math.min((place + 0.5) * step, view.duration);
      const tile = Math.min(count - 1, Math.floor((middle / view.duration) * count));
      const end = Math.min((place + 1) * step, view.duration);
      const share = (end - place * step) / step;
      context.drawImage(this.#image, tile * TILE.width, 0, TILE.width * share, TILE.height,
        view.x(place * step), top, width * share, height);
    }
  }
}
