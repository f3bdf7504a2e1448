// How notes are played: dynamics, lengths and strums, swells and pedal.

import { make } from "./dom.js";

const AMOUNTS = { dynamics: ["Dynamics", "flat"], humanize: ["Lengths and strums", "as written"] };
const AS_PLAYED = "as in songs";

/** The fields of a request that say it. Null stands for the usual value: all of it, and no swells. */
export const PERFORMANCE = ["dynamics", "humanize", "expression"];

/** The value that a request has for one of these fields where it is left out. */
export const usual = (name) => (name === "expression" ? false : 1);

/** The controls. values: by name, null for the usual one. set: called with a name and its value. */
export function performanceFields(values, set) {
  const swells = make("input", {
    type: "checkbox", checked: Boolean(values.expression), data: { key: "expression" },
  });
  swells.addEventListener("change", () => set("expression", swells.checked || null));
  return make("fieldset", { class: "playing" }, make("legend", { text: "How it is played" }),
    ...Object.entries(AMOUNTS).map(([name, [label, least]]) =>
      amount(name, label, least, values[name] ?? 1, (value) => set(name, value === 1 ? null : value))),
    make("label", { class: "check wide-check" }, swells,
      make("span", { text: "Swells of the strings and the piano's pedal (CC 11, CC 64)" })));
}

function amount(name, label, least, value, set) {
  const words = (share) => (share === 0 ? least : share === 1 ? AS_PLAYED : `${Math.round(100 * share)}%`);
  const input = make("input", {
    type: "range", min: "0", max: "1", step: "0.1", value: String(value), data: { key: name },
    "aria-label": `${label}, from ${least} to ${AS_PLAYED}`, "aria-valuetext": words(value),
  });
  const shown = make("output", { text: words(value) });
  input.addEventListener("input", () => {
    shown.textContent = words(Number(input.value));
    input.setAttribute("aria-valuetext", shown.textContent);
  });
  input.addEventListener("change", () => set(Number(input.value)));
  return make("label", { class: "field amount" }, make("span", { text: label }), input, shown);
}
