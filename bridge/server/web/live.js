// The panel of a piece that is composed while it plays: emotion, density and players from here on.

import { post } from "./api.js";
import { announce, make, refill } from "./dom.js";
import { PARTS } from "./draft.js";
import { shortTime } from "./format.js";
import { makePad, slider } from "./panel-emotion.js";

const PLANNED = { valence: null, arousal: null, density: null, instruments: null };
const STATES = { playing: "Playing", paused: "Paused at", waiting: "Waiting for music at", stopped: "Stopped at" };

/** Shows and controls one live job. */
export class LivePanel {
  #root;
  #fail;
  #words = {};
  #job = null;
  #control = PLANNED;
  #felt = [0, 0];
  #change = "";
  #state = null;
  #status = make("p", { class: "hint", id: "live-state" });
  #from = make("p", { role: "status", id: "live-from" });

  /** fail: shows an error. */
  constructor(root, fail) {
    [this.#root, this.#fail] = [root, fail];
  }

  setWords(words) {
    this.#words = words;
    if (!this.#root.hidden) this.#fill();
  }

  /** Show the panel if a job is composed live. */
  show(job) {
    const isLive = Boolean(job.request.live) && job.state === "composing";
    if (job.id !== this.#job) {
      [this.#job, this.#control, this.#felt, this.#change] = [job.id, PLANNED, [0, 0], ""];
      this.#root.hidden = true;
    }
    if (this.#root.hidden === !isLive) return;
    this.#root.hidden = !isLive;
    if (isLive) this.#fill();
  }

  /** Take an event of the server. */
  receive(event) {
    if (event.event === "state") {
      this.#state = event;
      this.#showState();
    } else if (this.#root.hidden) {
      return;
    } else if (event.event === "control" && event.job === this.#job) {
      const { valence, arousal, density, instruments } = event;
      this.#control = { valence, arousal, density, instruments: instruments ? instruments.split(" ") : null };
      this.#change = `From bar ${event.bar}, at ${shortTime(event.seconds)}.`;
      this.#refresh();
    } else if (event.event === "emotion") {
      this.#felt = [event.valence ?? 0, event.arousal ?? 0];
      this.#refresh();
    }
  }

  /** Fill the panel anew, but not under the hand that drags in it. */
  #refresh() {
    this.#from.textContent = this.#change;
    if (!this.#root.matches(":active")) this.#fill();
  }

  async #set(values) {
    const before = this.#control;
    this.#control = { ...this.#control, ...values };
    this.#change = "...";
    this.#fill();
    try {
      // Null counts as left out, so all others are as planned.
      await post(`/jobs/${this.#job}/control`, { reset: true, ...this.#control });
      announce(this.#change);
    } catch (error) {
      [this.#control, this.#change] = [before, error.message];
      this.#fill();
      if (error.status === undefined) throw error;
    }
  }

  #fill() {
    const { valence, arousal, density, instruments } = this.#control;
    const point = [valence ?? this.#felt[0], arousal ?? this.#felt[1]];
    const feel = (one, other) => this.#set({ valence: one, arousal: other });
    const pad = makePad(point, this.#words, feel);
    const notes = make("input", {
      type: "number", min: 0.5, max: 40, step: 0.5, placeholder: "as planned", value: density ?? "",
      data: { key: "live-density" },
    });
    notes.addEventListener("change", () => {
      if (notes.reportValidity()) this.#set({ density: notes.value === "" ? null : Number(notes.value) });
    });
    refill(this.#root,
      make("h2", { id: "live-title", text: "Live" }),
      this.#status,
      make("div", { class: "feel" }, pad.element, make("div", {},
        slider("Valence", "unpleasant", "pleasant", point[0], (value) => feel(value, point[1]), pad.show, 0),
        slider("Arousal", "calm", "excited", point[1], (value) => feel(point[0], value), pad.show, 1),
        make("label", { class: "field" }, make("span", { text: "Notes a second" }), notes))),
      make("fieldset", {}, make("legend", { text: instruments ? "Players" : "Players, as planned" }),
        ...PARTS.map((part) => this.#player(part, instruments))),
      this.#from,
      make("p", { class: "actions" },
        button("As planned", "live-reset", () => this.#set(PLANNED)),
        button("Stop and save", "live-stop", () => post("/stop").catch(this.#fail))),
    );
    this.#from.textContent = this.#change;
    this.#showState();
  }

  #player(part, instruments) {
    const playing = instruments ?? PARTS;
    const box = make("input", {
      type: "checkbox", checked: playing.includes(part), data: { key: `live-${part}` },
    });
    box.addEventListener("change", () => {
      const next = PARTS.filter((one) => (one === part ? box.checked : playing.includes(one)));
      if (next.length) this.#set({ instruments: next });
      else {
        box.checked = true;
        announce("Somebody has to play.");
      }
    });
    return make("label", { class: "check" }, box,
      make("span", {}, make("span", { class: `swatch ${part}` }), part));
  }

  #showState() {
    const state = this.#state;
    if (!state || state.job !== this.#job) return;
    const end = state.duration ? ` of ${shortTime(state.duration)}` : "";
    this.#status.textContent = `${STATES[state.state]} ${shortTime(state.seconds)}${end} on ${state.output}.`;
  }
}

const button = (text, key, click) => make("button", { type: "button", text, data: { key }, on: { click } });
