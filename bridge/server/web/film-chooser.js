// Chooses a film: one that is dropped, chosen or named by its path is looked at first.

import { ApiError, post, upload } from "./api.js";
import { fileName, shortTime } from "./format.js";

const LISTS = /\.(edl|fcpxml|fcpxmld|otio|aaf)$/i;

/** Whether a path is that of an edit list. */
export const isEditList = (path) => LISTS.test(path);

/**
 * A box to drop a film on, or to choose or name it. It holds an input of files, one of a path, and
 * elements of the classes `upload-progress` and `film-facts`.
 */
export class FilmChooser {
  /** The film's facts, or `{path}` of an edit list; null while there is none. */
  film = null;
  #turn = 0;
  #box;
  #file;
  #path;
  #progress;
  #facts;
  #changed;
  #takesLists;

  /** changed: called whenever there is another film, or none any more. takesLists: of edits, too. */
  constructor(box, changed, takesLists = false) {
    [this.#box, this.#changed, this.#takesLists] = [box, changed, takesLists];
    [this.#file, this.#path, this.#progress, this.#facts] =
      ["[type=file]", "input:not([type])", ".upload-progress", ".film-facts"].map((one) => box.querySelector(one));
    this.#file.addEventListener("change", () => this.#file.files[0] && this.send(this.#file.files[0]));
    this.#path.addEventListener("change", () => this.#named(this.#path.value.trim()));
    for (const name of ["dragenter", "dragover", "dragleave", "drop"]) {
      box.addEventListener(name, (event) => {
        event.preventDefault();
        box.classList.toggle("over", name.startsWith("drage") || name === "dragover");
      });
    }
    box.addEventListener("drop", (event) => {
      event.stopPropagation();
      const dropped = event.dataTransfer.files[0];
      if (dropped) this.send(dropped);
    });
  }

  /** Forget the film. */
  clear() {
    this.#turn += 1;
    this.#path.value = "";
    this.#say("");
    this.#set(null);
  }

  /** Upload a file, and look at it. */
  async send(file) {
    // A film that is refused must not leave the path of another one.
    this.#path.value = "";
    if (isEditList(file.name)) {
      this.clear();
      this.#say(this.#takesLists
        ? `${file.name}: type the path of an edit list; only films can be sent.`
        : `${file.name}: is an edit list. Give the film here.`, true);
      return;
    }
    const bar = this.#progress.firstElementChild;
    await this.#find(`Sending ${file.name} ...`, async () => {
      [this.#progress.hidden, bar.value] = [false, 0];
      try {
        return await upload(file, (share) => {
          bar.value = share;
          if (share >= 1) this.#say(`Looking at ${file.name} ...`);
        });
      } finally {
        this.#progress.hidden = true;
        this.#file.value = "";
      }
    });
  }

  #named(path) {
    if (!path) {
      this.clear();
      return;
    }
    if (this.#takesLists && isEditList(path)) {
      this.#turn += 1;
      this.#say(`${fileName(path)}: an edit list of the new cut`);
      this.#set({ path });
      return;
    }
    this.#find(`Looking at ${fileName(path)} ...`, () => post("/films/check", { video: path }));
  }

  /** Find out what a film is. A later film goes before an earlier one that is still on its way. */
  async #find(waiting, find) {
    const turn = ++this.#turn;
    this.#set(null);
    this.#say(waiting);
    try {
      const film = await find();
      if (turn !== this.#turn) return;
      this.#path.value = film.path;
      this.#say(`${fileName(film.path)}: ${shortTime(film.duration)}, `
        + `${film.width} x ${film.height}, ${Math.round(100 * film.fps) / 100} frames a second`);
      this.#set(film);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (turn === this.#turn) this.#say(error.message, true);
    }
  }

  #set(film) {
    this.film = film;
    this.#changed(film);
  }

  #say(text, isBad = false) {
    this.#facts.classList.toggle("bad", isBad);
    this.#facts.textContent = text;
  }
}
