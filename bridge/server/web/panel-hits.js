// The panel of hits: a list to read, edit and reach every hit by keyboard.

import { make, refill } from "./dom.js";
import { exactTime, parseTime } from "./format.js";

const MEETS = { "bar line": "bar line", beat: "beat", missed: "no beat" };

/** Fill the panel. act: addHit, moveHit, editHit, removeHit, seek. */
export function hitsPanel(root, { draft, meets }, act) {
  const rows = draft.hits.map((hit, index) => row(hit, index, meets[index], act));
  const head = ["Time", "Name", "Must", "Falls on", ""].map((text) =>
    text
      ? make("th", { scope: "col", text })
      : make("td"),
  );
  refill(
    root,
    make("p", { class: "hint", text: "The music marks hits. Drag them on the timeline, or edit them here." }),
    rows.length
      ? make("div", { class: "scroll" }, make("table", { class: "hits" },
          make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...rows)))
      : make("p", { text: "There are no hits." }),
    make("button", {
      type: "button", text: "Add a hit at the playhead", data: { key: "add-hit" },
      on: { click: () => act.addHit() },
    }),
  );
}

function row(hit, index, meets, act) {
  const name = hit.label || `hit ${index + 1}`;
  const time = make("input", {
    value: exactTime(hit.seconds), size: "8", inputmode: "decimal",
    "aria-label": `Time of ${name}`, data: { key: `time-${index}` },
  });
  time.addEventListener("change", () => {
    const seconds = parseTime(time.value);
    if (Number.isFinite(seconds)) act.moveHit(index, seconds);
    else time.value = exactTime(hit.seconds);
  });
  const label = make("input", {
    value: hit.label ?? "", placeholder: "no name", "aria-label": `Name of hit ${index + 1}`,
    data: { key: `label-${index}` },
  });
  label.addEventListener("change", () => act.editHit(index, { label: label.value.trim() }));
  const must = make("input", {
    type: "checkbox", checked: hit.must ?? true, "aria-label": `${name} must be met`,
    data: { key: `must-${index}` },
  });
  must.addEventListener("change", () => act.editHit(index, { must: must.checked }));
  return make("tr", {},
    make("td", {}, time),
    make("td", {}, label),
    make("td", {}, must),
    make("td", { class: "meets", data: { meets: meets ?? "missed" } },
      meets ? make("span", { class: "sign", "aria-hidden": "true", data: { meets } }) : null, MEETS[meets]),
    make("td", {}, make("button", {
      type: "button", class: "small remove", text: "\u00d7", title: "Remove", "aria-label": `Remove ${name}`,
      data: { key: `remove-${index}` }, on: { click: () => act.removeHit(index) },
    })),
  );
}
