// The first view: choose a film and options, and open earlier pieces.

import { get, post } from "./api.js";
import { cutsOf } from "./cuts.js";
import { PARTS } from "./draft.js";
import { byId, make, notice, option } from "./dom.js";
import { FilmChooser } from "./film-chooser.js";
import { counted, fileName, isRunning, stateText, whenText } from "./format.js";
import { performanceFields } from "./performance.js";

const NUMBERS = ["bpm", "density", "takes", "seed"];
const PROJECTS = { rpp: "REAPER", dawproject: "Bitwig, Studio One, Cubase", ardour: "Ardour" };

/** The start view. submitted: called with each new job. fail: shows an error. */
export class Start {
  #chooser;
  #performance = {};
  #submitted;
  #fail;

  constructor(submitted, fail) {
    [this.#submitted, this.#fail] = [submitted, fail];
    this.#chooser = new FilmChooser(byId("drop"), (film) => {
      byId("compose").disabled = !film;
    });
    byId("start-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("instruments").append(...PARTS.map((part) =>
      make("label", { class: "check" },
        make("input", { type: "checkbox", name: part, checked: true }),
        make("span", {}, make("span", { class: `swatch ${part}` }), part))));
    byId("exports").before(performanceFields({}, (name, value) => (this.#performance[name] = value)));
    byId("exports").append(...Object.entries(PROJECTS).map(([name, text]) =>
      make("label", { class: "check" },
        make("input", { type: "checkbox", name: `export-${name}` }), make("span", { text }))));
  }

  setWords(words) {
    byId("emotion-word").append(...Object.keys(words).toSorted().map((word) => option(word)));
  }

  /** Fill the list of pieces: the latest of each film and its cuts. */
  async show() {
    const jobs = (await get("/jobs")).jobs.filter((one) => one.kind !== "analyze");
    const [cuts, films] = [cutsOf(jobs), new Map()];
    for (const job of jobs) {
      const film = cuts.get(job.request.video);
      const before = films.get(film);
      films.delete(film);
      films.set(film, [...(before ?? []), job]);
    }
    const items = [...films.values()].reverse().map((versions) => {
      const best = versions.findLast((job) => job.state === "done") ?? versions.at(-1);
      const more = versions.length > 1 ? `, ${counted(versions.length, "version")}` : "";
      return make("li", {},
        make("span", {}, make("strong", {}, make("a", { href: `#${best.id}`, text: fileName(best.request.video) })),
          make("small", { text: `${stateText(best)}, ${whenText(best)}${more}` })),
        make("a", { class: "button small", href: `#${best.id}`, text: isRunning(best) ? "Follow" : "Open",
          "aria-label": `Open ${fileName(best.request.video)}, ${whenText(best)}` }));
    });
    byId("recent").hidden = !items.length;
    byId("recent-list").replaceChildren(...items);
  }

  async #submit() {
    const { film } = this.#chooser;
    if (!film) return;
    const form = new FormData(byId("start-form"));
    const values = { video: film.path, ...this.#performance };
    for (const name of NUMBERS) if (form.get(name)) values[name] = Number(form.get(name));
    if (form.get("key")?.trim()) values.key = form.get("key").trim();
    if (form.get("emotion")) values.emotion = form.get("emotion");
    if (form.has("live")) values.live = true;
    const players = PARTS.filter((part) => form.has(part));
    if (!players.length) {
      notice("start", "Tick one or more instruments.");
      return;
    }
    if (players.length < PARTS.length) values.instruments = players;
    const projects = Object.keys(PROJECTS).filter((name) => form.has(`export-${name}`));
    if (projects.length) values.exports = projects;
    if (form.has("mix")) values.mix_original = 0;
    try {
      this.#submitted(await post("/jobs", values));
    } catch (error) {
      this.#fail(error);
    }
  }
}
