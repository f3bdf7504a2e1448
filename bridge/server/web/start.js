// The first view: choose a film and options, and open earlier pieces.

import { ApiError, get, post, upload } from "./api.js";
import { PARTS } from "./draft.js";
import { byId, make, notice, option } from "./dom.js";
import { counted, fileName, isRunning, shortTime, stateText, whenText } from "./format.js";

const NUMBERS = ["bpm", "density", "takes", "seed"];
const PROJECTS = { rpp: "REAPER", dawproject: "Bitwig, Studio One, Cubase", ardour: "Ardour" };

/** The start view. submitted: called with each new job. fail: shows an error. */
export class Start {
  #film = null;
  #busy = 0;
  #submitted;
  #fail;

  constructor(submitted, fail) {
    [this.#submitted, this.#fail] = [submitted, fail];
    const [drop, file, path] = ["drop", "file", "path"].map(byId);
    file.addEventListener("change", () => file.files[0] && this.#send(file.files[0]));
    path.addEventListener("change", () => path.value.trim() && this.#check(path.value.trim()));
    for (const name of ["dragenter", "dragover"]) {
      drop.addEventListener(name, (event) => {
        event.preventDefault();
        drop.classList.add("over");
      });
    }
    drop.addEventListener("dragleave", () => drop.classList.remove("over"));
    drop.addEventListener("drop", (event) => {
      event.preventDefault();
      drop.classList.remove("over");
      const dropped = event.dataTransfer.files[0];
      if (dropped) this.#send(dropped);
    });
    byId("start-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    byId("instruments").append(...PARTS.map((part) =>
      make("label", { class: "check" },
        make("input", { type: "checkbox", name: part, checked: true }),
        make("span", {}, make("span", { class: `swatch ${part}` }), part))));
    byId("exports").append(...Object.entries(PROJECTS).map(([name, text]) =>
      make("label", { class: "check" },
        make("input", { type: "checkbox", name: `export-${name}` }), make("span", { text }))));
  }

  setWords(words) {
    byId("emotion-word").append(...Object.keys(words).toSorted().map((word) => option(word)));
  }

  /** Fill the list of pieces: the latest of each film. */
  async show() {
    const { jobs } = await get("/jobs");
    const films = new Map();
    for (const job of jobs.filter((one) => one.kind !== "analyze")) {
      const before = films.get(job.request.video);
      films.delete(job.request.video);
      films.set(job.request.video, [...(before ?? []), job]);
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

  async #send(file) {
    const box = byId("upload-progress");
    const bar = box.firstElementChild;
    // A film that is refused must not leave the path of another one.
    byId("path").value = "";
    await this.#find(`Sending ${file.name} ...`, async () => {
      [box.hidden, bar.value] = [false, 0];
      try {
        return await upload(file, (share) => {
          bar.value = share;
          if (share >= 1) byId("film-facts").textContent = `Looking at ${file.name} ...`;
        });
      } finally {
        box.hidden = true;
        byId("file").value = "";
      }
    });
  }

  #check(path) {
    return this.#find(`Looking at ${fileName(path)} ...`, () => post("/films/check", { video: path }));
  }

  /** Find out what a film is. A later film goes before an earlier one that is still on its way. */
  async #find(waiting, find) {
    const turn = ++this.#busy;
    const facts = byId("film-facts");
    [this.#film, byId("compose").disabled] = [null, true];
    facts.className = "";
    facts.textContent = waiting;
    try {
      const film = await find();
      if (turn !== this.#busy) return;
      this.#film = film;
      byId("path").value = film.path;
      facts.textContent = `${fileName(film.path)}: ${shortTime(film.duration)}, `
        + `${film.width} x ${film.height}, ${Math.round(100 * film.fps) / 100} frames a second`;
      byId("compose").disabled = false;
    } catch (error) {
      if (!(error instanceof ApiError) || turn !== this.#busy) throw error;
      facts.className = "bad";
      facts.textContent = error.message;
    }
  }

  async #submit() {
    if (!this.#film) return;
    const form = new FormData(byId("start-form"));
    const values = { video: this.#film.path };
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
