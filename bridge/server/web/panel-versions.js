// The panel of versions: every piece for this film, and its takes, to open and to compare.

import { keptView } from "./cuts.js";
import { make, option, refill } from "./dom.js";
import { errorText, fileName, isRunning, shortTime, stateText, whenText } from "./format.js";

/** Fill the panel. kept: what the version that is open kept; or null. act: open, compare, take, cancel, remove, recut. */
export function versionsPanel(root, { job, versions, take, takes, other, kept, duration }, act) {
  const films = new Set(versions.map((each) => each.request.video));
  const rows = versions.toReversed().map((each) => row(each, { job, other, kept, duration, films }, act));
  const select = make("select", { "aria-label": "Take", data: { key: "take" } },
    ...takes.map((number) => option(String(number), number === 1 ? "1, the best" : String(number))));
  select.value = String(take);
  select.addEventListener("change", () => act.take(Number(select.value)));
  const compare = make("button", {
    type: "button", text: `Compare with take ${take === 1 ? 2 : 1}`, disabled: takes.length < 2, data: { key: "compare-take" },
    on: { click: () => act.compare(job.id, take === 1 ? 2 : 1) },
  });
  refill(root,
    make("div", { class: "panel-head" },
      make("p", { class: "hint", text: "Nothing is ever overwritten. Press B to hear the other version at the same moment." }),
      make("button", { type: "button", text: "New cut of the film ...", data: { key: "recut" }, on: { click: act.recut } })),
    takes.length > 1
      ? make("div", { class: "field" }, make("span", { text: "Take of this version" }), select,
          takes.length > 1 ? compare : null)
      : null,
    make("ol", { class: "versions" }, ...rows),
  );
}

function row(job, { job: open, other, kept, duration, films }, act) {
  const done = job.state === "done";
  const isOpen = job.id === open.id;
  const actions = [];
  const button = (text, listener, key, more = {}) => make("button", {
    type: "button", class: "small", text, data: { key: `${key}-${job.id}` }, on: { click: listener }, ...more,
  });
  if (done && !isOpen) {
    actions.push(button("Open", () => act.open(job.id), "open", { "aria-label": `Open ${title(job)}` }));
  }
  // At one moment two cuts of a film show different pictures.
  if (done && !isOpen && job.request.video === open.request.video) {
    actions.push(button("Compare", () => act.compare(job.id, 1), "compare", {
      "aria-pressed": String(other?.job === job.id), "aria-label": `Compare with ${title(job)}`,
    }));
  }
  if (isRunning(job)) {
    actions.push(button("Cancel", () => act.cancel(job.id), "cancel"));
  } else if (!done) {
    actions.push(button("Remove", () => act.remove(job.id), "remove", { "aria-label": `Remove what was to be the ${title(job).toLowerCase()}` }));
  }
  return make("li", { class: isOpen ? "open" : "", "aria-current": isOpen ? "true" : null },
    make("span", {}, make("strong", { text: title(job) }),
      make("small", { text: done ? details(job, films) : job.error ? errorText(job.error) : stateText(job), class: job.state === "failed" ? "bad" : "" })),
    make("span", { class: "actions" }, ...(isOpen ? [make("small", { text: "open" })] : []), ...actions),
    isOpen && kept ? keptView(kept, duration) : null);
}

const title = (job) => `Version of ${whenText(job)}`;

/** films: of all versions; each is named if there are several. */
function details(job, films) {
  const { seed, bpm, key, rescore, recut, video } = job.request;
  const list = recut && !recut.video ? ` by ${fileName(recut.edit_list)}` : "";
  return [recut && `new cut${list}`, films.size > 1 && fileName(video), rescore && partOf(rescore), `seed ${seed ?? 0}`,
    bpm && `${bpm} bpm`, key].filter(Boolean).join(", ");
}

/** What of a version was composed anew. */
function partOf({ hits, section, from, to, parts }) {
  const where = section ? `section ${section}`
    : from === undefined && to === undefined ? null
      : `${shortTime(from ?? 0)} to ${to === undefined ? "the end" : shortTime(to)}`;
  if (hits) return where ? `moved hits, ${where} anew` : "moved hits, the bars around them anew";
  return `${[parts?.join(", "), where].filter(Boolean).join(", ")} anew`;
}
