// The timeline: the drawn lanes, the playhead, and the hits that one can drag.

import { byId, make, announce } from "./dom.js";
import { exactTime } from "./format.js";
import { colours, draw, firstFrom, layout } from "./lanes.js";
import { followPointer, setUpScrollbar } from "./scrolling.js";
import { Strip } from "./strip.js";
import { Tiles } from "./tiles.js";
import { View } from "./view.js";

const AXIS = 18;
const FRAME = 1 / 24;
const SIGNS = { "bar line": "on a bar line", beat: "on a beat", missed: "on no beat" };

/** Sends `seek` (seconds), `move` (index, seconds), `remove` (index), `select` and `add`. */
export class Timeline extends EventTarget {
  #lanes = byId("lanes");
  #box = byId("timeline");
  #layer = byId("hits-layer");
  #head = byId("playhead");
  #labels = byId("lane-names");
  #view = new View();
  #content = null;
  #strip = new Strip(() => this.#resize());
  #tiles = new Tiles(this.#lanes);
  #showScroll = setUpScrollbar(byId("scrollbar"), this.#view, () => (this.#dirty = true));
  #places = layout(false, false);
  #colours = {};
  #dirty = true;
  #isNew = true;
  #shownHits = [0, 0];
  #time = 0;
  #dragging = false;
  #selected = -1;

  constructor() {
    super();
    new ResizeObserver(() => this.#resize()).observe(this.#box);
    this.#box.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    this.#lanes.addEventListener("pointerdown", (event) => this.#press(event));
    this.#lanes.addEventListener("dblclick", (event) => this.#add(event));
    this.#head.addEventListener("keydown", (event) => this.#headKey(event));
    this.#resize();
  }

  /** The index of the hit that is chosen; -1 for none. */
  get selected() {
    return this.#selected;
  }

  set selected(index) {
    this.#layer.children[this.#selected]?.classList.remove("selected");
    this.#selected = index;
    this.#layer.children[index]?.classList.add("selected");
  }

  /** Another piece, that of a job. */
  setPiece(job, duration, fps) {
    this.fps = fps || 1 / FRAME;
    this.#strip.show(job);
    this.#resize();
    this.#view.reset(duration);
    this.selected = -1;
    this.#dirty = true;
  }

  /** What to draw; see `draw` in lanes.js. hits, and what each meets, come with it. */
  setContent(content) {
    this.#content = content;
    this.#isNew = true;
    if (!this.#dragging) this.#makeHits();
  }

  /** Colours have changed. */
  refreshColours() {
    this.#colours = colours();
    this.#isNew = true;
  }

  zoom(factor) {
    this.#view.zoom(factor, this.#time);
    this.#dirty = true;
  }

  /** Show this moment; called before every frame of the screen. */
  update(time, playing) {
    if (!this.#content) return;
    const before = this.#view.from;
    const hasMoved = time !== this.#time;
    if (hasMoved || playing) this.#view.show(time, playing);
    if (this.#dirty || this.#isNew || before !== this.#view.from) {
      this.#dirty = this.#paint();
      this.#placeHits();
    } else if (!hasMoved) return;
    this.#time = time;
    this.#head.style.transform = `translateX(${this.#view.x(time)}px)`;
    this.#head.hidden = this.#view.x(time) < -1 || this.#view.x(time) > this.#view.width + 1;
    this.#head.setAttribute("aria-valuenow", time.toFixed(2));
    this.#head.setAttribute("aria-valuetext", exactTime(time));
    this.#head.setAttribute("aria-valuemax", this.#view.duration.toFixed(2));
  }

  #resize() {
    const narrow = this.#box.clientWidth < 600;
    this.#places = layout(narrow, this.#strip.isThere);
    this.#view.width = Math.max(1, this.#box.clientWidth);
    const height = this.#places.height + AXIS;
    this.#lanes.style.height = `${height}px`;
    this.#tiles.resize(height, Math.min(devicePixelRatio || 1, 2));
    this.#layer.style.top = `${this.#places.lanes.hits.top}px`;
    this.#layer.style.height = `${this.#places.lanes.hits.height}px`;
    for (const label of this.#labels.children) {
      const lane = this.#places.lanes[label.dataset.lane];
      label.hidden = !lane;
      label.style.top = `${lane?.top}px`;
      label.style.height = `${lane?.height}px`;
    }
    this.#view.zoom(1, 0);
    this.refreshColours();
  }

  /** Whether there is more to paint before the next frame. */
  #paint() {
    this.#showScroll();
    const isNew = this.#isNew;
    this.#isNew = false;
    return this.#tiles.show(this.#view, isNew, this.#colours.page, (context, stretch) => {
      draw(context, stretch, this.#places, this.#colours, this.#content);
      if (this.#strip.isThere) this.#strip.draw(context, stretch, this.#places.lanes.strip);
    });
  }

  #makeHits() {
    const focused = this.#layer.contains(document.activeElement);
    this.#layer.replaceChildren(...this.#content.hits.map((hit, index) => this.#hit(hit, index)));
    this.#shownHits = [0, 0];
    this.#placeHits();
    if (focused) this.#layer.children[this.selected]?.focus();
  }

  #hit(hit, index) {
    const meets = this.#content.meets[index] ?? "missed";
    const name = hit.label ? `Hit ${index + 1}, ${hit.label}` : `Hit ${index + 1}`;
    const button = make("div", {
      class: "hit", role: "slider", tabindex: "0", "aria-label": name,
      "aria-valuemin": "0", "aria-valuemax": this.#view.duration.toFixed(3),
      "aria-valuenow": hit.seconds.toFixed(3),
      "aria-valuetext": `${exactTime(hit.seconds)}, ${SIGNS[meets]}`,
      title: `${name}: ${exactTime(hit.seconds)}, ${SIGNS[meets]}. Drag it, or use the arrow keys; Delete removes it.`,
      data: { meets, must: String(hit.must ?? true), key: `hit-${index}` },
      hidden: true,
    });
    button.classList.toggle("selected", index === this.selected);
    button.addEventListener("pointerdown", (event) => this.#drag(event, index, button));
    button.addEventListener("keydown", (event) => this.#hitKey(event, index));
    button.addEventListener("focus", () => this.#select(index));
    return button;
  }

  /** Only hits in sight are there for the layout and the Tab key. */
  #placeHits() {
    const buttons = this.#layer.children;
    const hits = this.#content?.hits ?? [];
    const margin = 8 / this.#view.scale;
    const at = (seconds) => Math.min(buttons.length, firstFrom(hits, seconds, (hit) => hit.seconds));
    const [first, last] = [at(this.#view.from - margin), at(this.#view.until + margin)];
    for (let index = this.#shownHits[0]; index < this.#shownHits[1]; index++) {
      if (index < first || index >= last) buttons[index].hidden = true;
    }
    for (let index = first; index < last; index++) {
      buttons[index].style.transform = `translateX(${this.#view.x(hits[index].seconds)}px)`;
      if (buttons[index].hidden) buttons[index].hidden = false;
    }
    this.#shownHits = [first, last];
  }

  #select(index) {
    this.selected = index;
    this.#send("select", { index });
  }

  #drag(event, index, button) {
    if (event.button !== 0) return;
    event.preventDefault();
    button.focus();
    button.setPointerCapture(event.pointerId);
    const begun = event.clientX;
    let seconds = null;
    this.#dragging = true;
    const move = ({ clientX }) => {
      if (seconds === null && Math.abs(clientX - begun) < 3) return;
      const box = this.#layer.getBoundingClientRect();
      seconds = this.#framed(this.#view.seconds(clientX - box.left));
      button.style.transform = `translateX(${this.#view.x(seconds)}px)`;
      this.#send("drag", { index, seconds });
    };
    const end = (ending) => {
      button.removeEventListener("pointermove", move);
      this.#dragging = false;
      if (seconds !== null && ending.type === "pointerup") this.#send("move", { index, seconds });
      else this.#placeHits();
    };
    button.addEventListener("pointermove", move);
    button.addEventListener("pointerup", end, { once: true });
    button.addEventListener("pointercancel", end, { once: true });
  }

  /** The nearest frame of the film within the piece. */
  #framed(seconds) {
    const frames = Math.round(seconds * this.fps);
    const last = Math.ceil(this.#view.duration * this.fps) - 1;
    return Math.min(Math.max(0, frames), last) / this.fps;
  }

  #hitKey(event, index) {
    const hit = this.#content.hits[index];
    const steps = { ArrowLeft: -1, ArrowRight: 1 };
    if (event.key in steps) {
      const frames = steps[event.key] * (event.shiftKey ? Math.round(this.fps) : 1);
      const seconds = this.#framed(hit.seconds + frames / this.fps);
      announce(exactTime(seconds));
      this.#send("move", { index, seconds });
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.#send("remove", { index });
    } else if (event.key === "Enter") {
      this.#send("seek", { seconds: hit.seconds });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #headKey(event) {
    const steps = { ArrowLeft: -1, ArrowRight: 1, PageUp: 10, PageDown: -10 };
    let seconds = this.#time;
    if (event.key in steps) seconds += steps[event.key] * (event.shiftKey ? 1 / this.fps : 1);
    else if (event.key === "Home") seconds = 0;
    else if (event.key === "End") seconds = this.#view.duration;
    else return;
    event.preventDefault();
    event.stopPropagation();
    this.#send("seek", { seconds });
  }

  #press(event) {
    if (event.button !== 0 || !this.#content) return;
    const { left } = this.#lanes.getBoundingClientRect();
    followPointer(this.#lanes, event, {
      seek: (x) => this.#send("seek", { seconds: this.#view.seconds(x - left) }),
      scroll: (pixels) => {
        this.#view.scroll(pixels);
        this.#dirty = true;
      },
    });
  }

  #add(event) {
    const box = this.#lanes.getBoundingClientRect();
    const y = event.clientY - box.top;
    const { top, height } = this.#places.lanes.hits;
    if (y < top || y > top + height) return;
    this.#send("add", { seconds: this.#framed(this.#view.seconds(event.clientX - box.left)) });
  }

  #wheel(event) {
    if (!this.#content || (!event.ctrlKey && !event.shiftKey && !event.deltaX)) return;
    event.preventDefault();
    const { from, until } = this.#view;
    if (event.ctrlKey) {
      const box = this.#lanes.getBoundingClientRect();
      this.#view.zoom(2 ** (-event.deltaY / 200), this.#view.seconds(event.clientX - box.left));
    } else this.#view.scroll(event.deltaX || event.deltaY);
    if (from !== this.#view.from || until !== this.#view.until) this.#dirty = true;
  }

  #send(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
