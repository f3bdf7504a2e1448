// The panels of files to download and of the DAW.

import { make, option, refill } from "./dom.js";
import { fileName } from "./format.js";

const MUSIC = {
  "film.mp4": "Film with music", "film.mkv": "Film with music", "film.mov": "Film with music",
  "score.wav": "Music, WAV", "score.flac": "Music, FLAC", "reel.wav": "Music of all cues, WAV",
  "reel.flac": "Music of all cues, FLAC", "score.mid": "Music, MIDI", "written.mid": "Music as written, MIDI", "reel.mid": "Music of all cues, MIDI",
  "score.musicxml": "Notation, MusicXML", "score.pdf": "Notation, PDF", "score.svg": "Picture of the score",
};
const PROJECTS = { rpp: "REAPER", dawproject: "Bitwig, Studio One, Cubase" };
const DATA = { "plan.json": "Plan", "cues.json": "Cue sheet", "report.json": "Report",
  "scores.npz": "Measurements of the film" };
const STEM = /^stems\/(\w+)\.(\w+)$/;
const FORMATS = { mid: "MIDI", wav: "WAV", flac: "FLAC" };

/** Fill the panel of files. */
export function filesPanel(root, { job }) {
  const files = job.files ?? [];
  const link = (name, text) => make("a", {
    href: `/jobs/${job.id}/files/${name}`, download: `${fileName(job.request.video)} ${name.replaceAll("/", " ")}`, text,
  });
  const known = (names) => Object.entries(names).filter(([name]) => files.includes(name))
    .map(([name, text]) => link(name, text));
  const takes = files.filter((name) => name.startsWith("takes/"))
    .map((name) => link(name, `Take ${name.match(/\d+/)[0]}, MIDI`));
  const cues = files.filter((name) => /^[^/]+\/(score\.\w+|film\.\w+)$/.test(name) && !name.startsWith("ardour/"))
    .map((name) => link(name, name.replace("/score.", ": ").replace("/film.", ": film, ")));
  const isEmpty = !projects(files, link, job).length;
  refill(root,
    ...list("Music", known(MUSIC)),
    ...list("Stems", stems(files, link)),
    ...list("Cues", cues),
    ...list("Projects for a DAW", projects(files, link, job)),
    isEmpty ? make("p", { class: "hint", text: "Projects for a DAW are written with the music: tick one under Options where you give the film." }) : null,
    ...list("Other takes", takes),
    ...list("Data", known(DATA)),
  );
}

const list = (title, links) => links.length
  ? [make("h3", { text: title }), make("ul", { class: "files" }, ...links.map((one) => make("li", {}, one)))]
  : [];

/** A line for each part: its name, and a link for each format. */
function stems(files, link) {
  const parts = new Map();
  for (const name of files) {
    const [, part, format] = name.match(STEM) ?? [];
    if (part) parts.set(part, [...(parts.get(part) ?? []), [name, FORMATS[format]]]);
  }
  return [...parts].map(([part, found]) => make("span", {},
    make("span", { class: `swatch ${part}` }), `${part}: `,
    ...found.flatMap(([name, text], place) => {
      const one = link(name, text);
      one.setAttribute("aria-label", `${part}, ${text}`);
      return place ? [", ", one] : [one];
    })));
}

function projects(files, link, job) {
  const found = files.filter((name) => /^(score|reel)\.(rpp|dawproject)$/.test(name))
    .map((name) => link(name, PROJECTS[name.split(".").pop()]));
  if (files.some((name) => name.startsWith("ardour/"))) {
    found.push(make("a", { href: `/jobs/${job.id}/ardour.zip`, download: `${fileName(job.request.video)} ardour.zip`,
      text: "Ardour session, ZIP" }));
  }
  return found;
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
