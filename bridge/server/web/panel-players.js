// The panel of players: who plays in which phrase, and what is locked.

import { PARTS, isLocked } from "./draft.js";
import { make, refill } from "./dom.js";
import { shortTime } from "./format.js";

/** Fill the panel. act: setPlayers, togglePart, toggleStretch, seek. */
export function playersPanel(root, { draft, shown, canLock }, act) {
  const { phrases } = shown;
  if (!phrases.length) {
    refill(root, make("p", { text: "This piece has no plan, so nobody can be placed in it." }));
    return;
  }
  const head = make("tr", {}, make("td"),
    ...phrases.map((phrase) => make("th", { scope: "col" }, make("button", {
      type: "button", class: "link", text: `${phrase.form}`, title: `Go to ${shortTime(phrase.start)}`,
      "aria-label": `Phrase ${phrase.form} at ${shortTime(phrase.start)}`,
      on: { click: () => act.seek(phrase.start) },
    }), make("small", { text: shortTime(phrase.start) }))),
    make("th", { scope: "col", text: "Keep" }));
  const rows = PARTS.map((part) => partRow(part, draft, phrases, canLock, act));
  const keep = make("tr", { class: "keep" }, make("th", { scope: "row", text: "Keep" }),
    ...phrases.map((phrase) => {
      const locked = isLocked(draft, phrase.start, phrase.end);
      return make("td", {}, lock(locked, canLock, `Keep phrase ${phrase.form} at ${shortTime(phrase.start)}`,
        `lock-${phrase.bar}`, () => act.toggleStretch(phrase.start, phrase.end)));
    }), make("td"));
  refill(root,
    make("p", { class: "hint", text: canLock
      ? "Ticked parts play. Keep what is good: only the rest is composed anew."
      : "Ticked parts play. Keeping parts needs a piece without changes to its plan." }),
    make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Who plays where" },
      make("table", { class: "grid" }, make("thead", {}, head), make("tbody", {}, ...rows, keep))),
  );
}

function partRow(part, draft, phrases, canLock, act) {
  const cells = phrases.map((phrase) => {
    const plays = phrase.instruments.includes(part);
    const box = make("input", {
      type: "checkbox", checked: plays, data: { key: `${part}-${phrase.bar}` },
      "aria-label": `${part} in phrase ${phrase.form} at ${shortTime(phrase.start)}`,
    });
    box.addEventListener("change", () => {
      const next = PARTS.filter((one) => (one === part ? box.checked : phrase.instruments.includes(one)));
      if (next.length) act.setPlayers(phrase.start, phrase.end, next);
      else {
        box.checked = true;
        act.say("Somebody has to play.");
      }
    });
    return make("td", { class: part }, box);
  });
  const locked = draft.locks.parts.includes(part);
  return make("tr", {},
    make("th", { scope: "row" }, make("span", { class: `swatch ${part}` }), part),
    ...cells,
    make("td", {}, lock(locked, canLock, `Keep ${part}`, `lock-${part}`, () => act.togglePart(part))));
}

function lock(locked, enabled, label, key, toggle) {
  return make("button", {
    type: "button", class: "lock", "aria-pressed": String(locked), "aria-label": label, title: label,
    disabled: !enabled, data: { key }, on: { click: toggle },
  });
}
