// The panel of the whole piece: tempo, time signature, key, density, how it is played, takes and seed.

import { make, option, refill } from "./dom.js";
import { performanceFields } from "./performance.js";

const TONICS = ["C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B"];
const KEYS = ["major", "minor"].flatMap((mode) => TONICS.map((tonic) => `${tonic} ${mode}`));
const SIGNATURES = ["2/4", "3/4", "4/4", "6/8", "12/8"];

/** Fill the panel. shown: the plan that is drawn. act: setOption. */
export function musicPanel(root, { draft, shown, request, isPlanned }, act) {
  const { options } = draft;
  const tempo = shown.tempo ? `${Math.round(shown.tempo)} as planned` : "as planned";
  const density = shown.phrases.length
    ? `${mean(shown.phrases.map((phrase) => phrase.density)).toFixed(1)} as planned`
    : "as planned";
  const ofPlan = !isPlanned ? [] : [
    numberField("Tempo, beats a minute", "bpm", options.bpm, tempo, [30, 240, 1], act),
    choice("Time signature", "time_signature", options.time_signature, SIGNATURES,
      shown.signatures[0]?.[1], act),
    choice("Key", "key", options.key, KEYS, shown.phrases[0]?.key, act),
    numberField("Density, notes a second", "density", options.density, density, [0.5, 40, 0.5], act),
  ];
  refill(root,
    make("p", { class: "hint", text: isPlanned
      ? "What you leave empty is planned for the film."
      : "Tempo and key can't be changed here: this film has several cues, or its music is in free time." }),
    ...ofPlan,
    performanceFields(options, act.setOption),
    numberField("Takes to choose from", "takes", options.takes, "4; 2 of a part", [1, 64, 1], act),
    numberField("Seed", "seed", options.seed, `${(request.seed ?? 0) + 1}, the next`, [0, 2 ** 31, 1], act),
  );
}

const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;

function numberField(text, name, value, placeholder, [min, max, step], act) {
  const input = make("input", {
    type: "number", min, max, step, placeholder, value: value ?? "", data: { key: name },
  });
  input.addEventListener("change", () =>
    act.setOption(name, input.value === "" ? null : Number(input.value)));
  return make("label", { class: "field" }, make("span", { text }), input);
}

function choice(text, name, value, values, planned, act) {
  const select = make("select", { data: { key: name } },
    option("", planned ? `${planned}, as planned` : "as planned"), ...values.map((each) => option(each)));
  select.value = value ?? "";
  select.addEventListener("change", () => act.setOption(name, select.value || null));
  return make("label", { class: "field" }, make("span", { text }), select);
}
