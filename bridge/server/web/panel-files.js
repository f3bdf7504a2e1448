// The panels of files to download and of the DAW.

import { make, option, refill } from "./dom.js";
import { fileName } from "./format.js";

const NAMES = {
  "score.wav": "Music, WAV", "score.flac": "Music, FLAC", "film.mp4": "Film with music",
  "film.mkv": "Film with music", "film.mov": "Film with music", "score.mid": "Music, MIDI",
  "written.mid": "Music as written, MIDI",
  "reel.mid": "Music of all cues, MIDI", "score.musicxml": "Notation, MusicXML", "score.pdf": "Notation, PDF",
  "score.svg": "Picture of the score", "plan.json": "Plan", "cues.json": "Cue sheet",
  "report.json": "Report", "scores.npz": "Measurements of the film",
};

/** Fill the panel of files. */
export function filesPanel(root, { job }) {
  const item = (name, text = NAMES[name] ?? name) => make("li", {}, make("a", {
    href: `/jobs/${job.id}/files/${name}`, download: `${fileName(job.request.video)} ${name.replaceAll("/", " ")}`,
    text,
  }));
  const files = job.files ?? [];
  const stems = files.filter((name) => name.startsWith("stems/"));
  const takes = files.filter((name) => name.startsWith("takes/"));
  const rest = files.filter((name) => !name.startsWith("stems/") && !name.startsWith("takes/"));
  const order = Object.keys(NAMES);
  const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  const list = (title, names, text) => names.length
    ? [make("h3", { text: title }), make("ul", { class: "files" }, ...names.map((name) => item(name, text?.(name))))]
    : [];
  refill(root,
    ...list("Piece", rest.toSorted((one, other) => rank(one) - rank(other))),
    ...list("Stems", stems, (name) => name.replace("stems/", "")),
    ...list("Other takes", takes, (name) => name.replace("takes/", "")),
  );
}

const TRANSPORTS = { "": "nothing: it plays when you say so", mtc: "MIDI Time Code", clock: "MIDI clock",
  jack: "JACK transport", reaper: "REAPER" };

/** Fill the panel of the DAW. playback: the server's state. act: setDaw, follow. */
export function dawPanel(root, { playback, inDaw, job }, act) {
  const box = make("input", { type: "checkbox", checked: inDaw, data: { key: "in-daw" } });
  box.addEventListener("change", () => act.setDaw(box.checked));
  const select = make("select", { data: { key: "follow" } },
    ...Object.entries(TRANSPORTS).map(([value, text]) => option(value, text)));
  select.value = playback?.follows ?? "";
  select.addEventListener("change", () => act.follow(select.value || null));
  const loaded = playback?.job === job.id ? "This version" : playback?.job ? "Another version" : "Nothing";
  refill(root,
    make("label", { class: "check" }, box, make("span", { text: "Play in the DAW, and let it lead the picture" })),
    make("label", { class: "field" }, make("span", { text: "The DAW follows" }), select),
    make("dl", {},
      make("dt", { text: "Output" }), make("dd", { text: playback?.output ?? "unknown" }),
      make("dt", { text: "Loaded" }), make("dd", { text: loaded }),
      make("dt", { text: "State" }), make("dd", { text: playback?.state ?? "unknown" })),
    playback?.trouble || playback?.fault
      ? make("p", { class: "bad", text: playback.trouble ?? playback.fault })
      : null,
  );
}
