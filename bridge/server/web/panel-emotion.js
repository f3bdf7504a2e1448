// The panel of emotion: the valence-arousal plane of a section, by dragging, sliders or a word.

import { make, option, refill } from "./dom.js";
import { shortTime } from "./format.js";

const SHOWN = ["happy", "excited", "epic", "tense", "dark", "lonely", "solemn", "calm", "tender"];
let chosen = 0;

/** Fill the panel. words: points by word. act: setEmotion, and seek to the section. */
export function emotionPanel(root, { draft, words }, act) {
  const { sections } = draft;
  chosen = Math.min(chosen, sections.length - 1);
  const section = sections[chosen];
  const point = [section.valence ?? 0, section.arousal ?? 0];
  const set = (valence, arousal) => act.setEmotion(chosen, round(valence), round(arousal));
  const pad = makePad(point, words, set);
  const select = make("select", { "aria-label": "Section", data: { key: "section" } },
    ...sections.map((each, index) => option(String(index), sectionName(each, index))));
  select.value = String(chosen);
  select.addEventListener("change", () => {
    chosen = Number(select.value);
    act.seek(sections[chosen].start);
    act.refresh();
  });
  const word = make("select", { "aria-label": "Emotion as a word", data: { key: "word" } },
    option("", `nearest: ${nearest(words, point)}`),
    ...Object.keys(words).toSorted().map((name) => option(name)));
  word.addEventListener("change", () => word.value && set(...words[word.value]));
  refill(root,
    make("div", { class: "feel" }, pad.element, make("div", {},
      make("div", { class: "field" }, make("span", { text: "Section" }), select),
      slider("Valence", "unpleasant", "pleasant", point[0], (value) => set(value, point[1]), pad.show, 0),
      slider("Arousal", "calm", "excited", point[1], (value) => set(point[0], value), pad.show, 1),
      make("div", { class: "field" }, make("span", { text: "Word" }), word),
      why(section))),
  );
}

/** Show the section at a time the next time that the panel is filled. */
export function chooseSection(sections, seconds) {
  const found = sections.findIndex((section) => seconds >= section.start && seconds < section.end);
  if (found >= 0) chosen = found;
}

const round = (value) => Math.round(100 * Math.min(1, Math.max(-1, value))) / 100;

const sectionName = (section, index) =>
  `${index + 1}: ${shortTime(section.start)} to ${shortTime(section.end)}`;

function nearest(words, [valence, arousal]) {
  const far = (name) => Math.hypot(words[name][0] - valence, words[name][1] - arousal);
  return Object.keys(words).reduce((best, name) => (far(name) < far(best) ? name : best), "neutral");
}

const SOURCES = {
  look: "light, colours and motion", faces: "faces", scene: "what the pictures show", sound: "the sound",
  speech: "tone of voice", titles: "text in the picture", words: "words",
};

/** The experts that a section was read by, such as `look, faces`, in words for everybody. */
export const sourceText = (source) => source.split(", ").map((name) => SOURCES[name] ?? name).join("; ");

function why(section) {
  const reasons = (section.evidence ?? []).slice(0, 4).map((one) => make("li", { text: one.text }));
  if (section.source === "user") return make("p", { class: "hint", text: "You have set this emotion." });
  if (!reasons.length) return make("p", { class: "hint", text: `Read from ${sourceText(section.source)}.` });
  return make("details", {}, make("summary", { text: "Why this emotion" }), make("ul", {}, ...reasons));
}

/** A slider of a coordinate. axis: 0 or 1. show: called while it moves, and set once it rests. */
export function slider(name, low, high, value, set, show, axis) {
  const input = make("input", {
    type: "range", min: "-1", max: "1", step: "0.05", value: String(value),
    "aria-label": `${name}, from ${low} to ${high}`, data: { key: name },
  });
  const shown = make("output", { text: value.toFixed(2) });
  input.addEventListener("input", () => {
    shown.textContent = Number(input.value).toFixed(2);
    show(axis, Number(input.value));
  });
  input.addEventListener("change", () => set(Number(input.value)));
  return make("label", { class: "field" }, make("span", { text: name }), input, shown);
}

/** The plane. set: called with both coordinates. It needs no keyboard of its own, because the sliders do the same. */
export function makePad(point, words, set) {
  const handle = make("div", { class: "pad-handle" });
  const place = (element, [valence, arousal]) => {
    element.style.left = `${50 + 50 * valence}%`;
    element.style.top = `${50 - 50 * arousal}%`;
  };
  const labels = SHOWN.filter((name) => name in words).map((name) => {
    const label = make("span", { class: "pad-word", text: name });
    place(label, words[name]);
    label.style.translate = `${-50 - 50 * words[name][0]}% -50%`;
    return label;
  });
  const element = make("div", { class: "pad", "aria-hidden": "true" }, ...labels, handle);
  const present = [...point];
  place(handle, present);
  const at = ({ clientX, clientY }) => {
    const box = element.getBoundingClientRect();
    present[0] = round(((clientX - box.left) / box.width) * 2 - 1);
    present[1] = round(1 - ((clientY - box.top) / box.height) * 2);
    place(handle, present);
  };
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    at(event);
    element.addEventListener("pointermove", at);
    const end = (ending) => {
      element.removeEventListener("pointermove", at);
      if (ending.type === "pointerup") set(...present);
      else place(handle, point);
    };
    element.addEventListener("pointerup", end, { once: true });
    element.addEventListener("pointercancel", end, { once: true });
  });
  const show = (axis, value) => {
    present[axis] = value;
    place(handle, present);
  };
  return { element, show };
}
