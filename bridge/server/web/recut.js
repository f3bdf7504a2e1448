// The dialog that scores a new cut of a piece's film.

import { byId } from "./dom.js";
import { FilmChooser, isEditList } from "./film-chooser.js";

/** Asks for the new cut. */
export class RecutDialog {
  #dialog = byId("recut");
  #compose = byId("recut-compose");
  #chooser;

  /** submit: called with the values of the request once the user agrees. */
  constructor(submit) {
    this.#chooser = new FilmChooser(byId("recut-drop"), (film) => {
      this.#compose.disabled = !film;
    }, true);
    byId("recut-cancel").addEventListener("click", () => this.#dialog.close());
    this.#dialog.addEventListener("close", () => this.#chooser.clear());
    byId("recut-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const { film } = this.#chooser;
      // Enter in the field may come before the film has been looked at.
      if (!film) return;
      this.#dialog.close();
      submit(isEditList(film.path) ? { edit_list: film.path } : { video: film.path });
    });
  }

  get isOpen() {
    return this.#dialog.open;
  }

  /** Ask. hasChanges: whether there are changes that were not composed. file: dropped already. */
  open(hasChanges, file = null) {
    byId("recut-changes").hidden = !hasChanges;
    if (!this.#dialog.open) this.#dialog.showModal();
    if (file) this.#chooser.send(file);
  }
}
