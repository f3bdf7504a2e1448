// The drawn score as tiles. Scrolling moves them, which costs no painting; one that comes into reach
// is painted once. So the work for a frame does not depend on how long the piece is.

const WIDTH = 256;
/** Tiles of the scale before are stretched by at most this while one zooms. */
const MOST_STRETCHED = 2;
/** Milliseconds without zooming after which tiles of the new scale are painted. */
const SETTLED = 80;

/** A stretch of time as a canvas shows it; see `View`. */
function stretchOf(tile, duration) {
  const from = (tile.index * WIDTH) / tile.scale;
  const { scale } = tile;
  return { from, until: from + WIDTH / scale, scale, width: WIDTH, duration, x: (seconds) => (seconds - from) * scale };
}

/** The canvases of the score, within an element. */
export class Tiles {
  #box;
  #height = 1;
  #density = 1;
  #scale = 0;
  #zoomed = 0;
  /** Tiles of the present scale, by index; and those of one before, until there are new ones. */
  #tiles = new Map();
  #old = [];
  #spare = [];

  constructor(box) {
    this.#box = box;
  }

  /** Set how high tiles are in pixels of the page, and how many pixels of the screen one has. */
  resize(height, density) {
    if (height === this.#height && density === this.#density) return;
    [this.#height, this.#density] = [height, density];
    this.#tiles.clear();
    [this.#old, this.#spare] = [[], []];
    this.#box.replaceChildren();
  }

  /**
   * Show what a view shows. isNew: all tiles are out of date. paint: draws a stretch of time with a
   * context. colour: behind it. Returns whether there is more to paint: tiles out of sight are painted one a frame.
   */
  show(view, isNew, colour, paint) {
    if (view.scale !== this.#scale) this.#rescale(view.scale);
    if (isNew) {
      this.#release(this.#old);
      this.#release([...this.#tiles.values()]);
      this.#tiles.clear();
    }
    const at = view.from * view.scale;
    const end = Math.ceil((view.duration * view.scale) / WIDTH);
    const first = Math.floor(at / WIDTH);
    const last = Math.min(end, Math.ceil((at + view.width) / WIDTH));
    for (const [index, tile] of this.#tiles) {
      if (index < first - 2 || index > last + 1) {
        this.#tiles.delete(index);
        this.#release([tile]);
      }
    }
    const isZooming = this.#old.length > 0 && performance.now() - this.#zoomed < SETTLED;
    const missing = (from, until) => {
      for (let index = from; index < until; index++) if (!this.#tiles.has(index)) return index;
      return null;
    };
    const add = (index) => {
      const tile = this.#take(index, view.scale);
      const context = tile.canvas.getContext("2d", { alpha: false });
      context.setTransform(this.#density, 0, 0, this.#density, 0, 0);
      context.fillStyle = colour;
      context.fillRect(0, 0, WIDTH, this.#height);
      paint(context, stretchOf(tile, view.duration));
      this.#tiles.set(index, tile);
    };
    const isStretched = this.#old.length > 0;
    if (!isZooming) {
      let index = missing(first, last);
      if (index === null) {
        // What comes into sight next, so that a frame rarely has to wait for it.
        index = missing(last, Math.min(end, last + 1)) ?? missing(Math.max(0, first - 1), first);
        if (index !== null) add(index);
      }
      while (index !== null && (index = missing(first, last)) !== null) {
        add(index);
        if (isStretched) break;
      }
      if (missing(first, last) === null) this.#release(this.#old);
    }
    for (const tile of this.#tiles.values()) this.#place(tile, view);
    for (const tile of this.#old) this.#place(tile, view);
    return isZooming || missing(Math.max(0, first - 1), Math.min(end, last + 1)) !== null;
  }

  #rescale(scale) {
    if (!this.#old.length) this.#old = [...this.#tiles.values()];
    else this.#release([...this.#tiles.values()]);
    this.#tiles.clear();
    [this.#scale, this.#zoomed] = [scale, performance.now()];
    const by = this.#old.length ? scale / this.#old[0].scale : 1;
    if (by > MOST_STRETCHED || by < 1 / MOST_STRETCHED) this.#release(this.#old);
  }

  #take(index, scale) {
    let canvas = this.#spare.pop();
    if (!canvas) {
      canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [WIDTH * this.#density, this.#height * this.#density];
      [canvas.style.width, canvas.style.height] = [`${WIDTH}px`, `${this.#height}px`];
      this.#box.append(canvas);
    }
    canvas.hidden = false;
    return { canvas, index, scale };
  }

  /** Tiles that are shown no more serve again. */
  #release(tiles) {
    for (const { canvas } of tiles) {
      canvas.hidden = true;
      this.#spare.push(canvas);
    }
    if (tiles === this.#old) this.#old = [];
  }

  #place({ canvas, index, scale }, view) {
    const isStretched = view.scale !== scale;
    const x = ((index * WIDTH) / scale - view.from) * view.scale;
    // On whole pixels of the screen, so that texts are sharp and tiles meet.
    const whole = Math.round(x * this.#density) / this.#density;
    const stretch = isStretched ? ` scaleX(${view.scale / scale})` : "";
    canvas.style.transform = `translateX(${isStretched ? x : whole}px)${stretch}`;
    canvas.style.zIndex = isStretched ? "0" : "1";
  }
}
