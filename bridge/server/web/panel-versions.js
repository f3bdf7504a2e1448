// The panel of versions: every piece for this film, and its takes, to open and to compare.

import { make, option, refill } from "./dom.js";
import { isRunning, shortTime, stateText, whenText } from "./format.js";

/** Fill the panel. act: open, compare, take, cancel. */
export function versionsPanel(root, { job, versions, take, takes, other }, act) {
  const rows = versions.toReversed().map((each) => row(each, each.id === job.id, other, act));
  const select = make("select", { "aria-label": "Take", data: { key: "take" } },
    ...takes.map((number) => option(String(number), number === 1 ? "1, the best" : String(number))));
  select.value = String(take);
  select.addEventListener("change", () => act.take(Number(select.value)));
  const compare = make("button", {
    type: "button", text: `Compare with take ${take === 1 ? 2 : 1}`, disabled: takes.length < 2, data: { key: "compare-take" },
    on: { click: () => act.compare(job.id, take === 1 ? 2 : 1) },
  });
  refill(root,
    make("p", { class: "hint", text: "Nothing is ever overwritten. Press B to hear the other version at the same moment." }),
    takes.length > 1
      ? make("div", { class: "field" }, make("span", { text: "Take of this version" }), select,
          takes.length > 1 ? compare : null)
      : null,
    make("ol", { class: "versions" }, ...rows),
  );
}

function row(job, isOpen, other, act) {
  const done = job.state === "done";
  const actions = [];
  const button = (text, listener, key, more = {}) => make("button", {
    type: "button", class: "small", text, data: { key: `${key}-${job.id}` }, on: { click: listener }, ...more,
  });
  if (done && !isOpen) {
    actions.push(button("Open", () => act.open(job.id), "open", { "aria-label": `Open ${title(job)}` }));
    actions.push(button("Compare", () => act.compare(job.id, 1), "compare", {
      "aria-pressed": String(other?.job === job.id), "aria-label": `Compare with ${title(job)}`,
    }));
  }
  if (isRunning(job)) {
    actions.push(button("Cancel", () => act.cancel(job.id), "cancel"));
  }
  return make("li", { class: isOpen ? "open" : "", "aria-current": isOpen ? "true" : null },
    make("span", {}, make("strong", { text: title(job) }),
      make("small", { text: done ? details(job) : stateText(job), class: job.state === "failed" ? "bad" : "" })),
    make("span", { class: "actions" }, ...(isOpen ? [make("small", { text: "open" })] : []), ...actions));
}

const title = (job) => `Version of ${whenText(job)}`;

function details(job) {
  const { seed, bpm, key, rescore } = job.request;
  return [rescore && partOf(rescore), `seed ${seed ?? 0}`, bpm && `${bpm} bpm`, key].filter(Boolean).join(", ");
}

/** What of a version was composed anew. */
function partOf({ hits, section, from, to, parts }) {
  const where = section ? `section ${section}`
    : from === undefined && to === undefined ? null
      : `${shortTime(from ?? 0)} to ${to === undefined ? "the end" : shortTime(to)}`;
  if (hits) return where ? `moved hits, ${where} anew` : "moved hits, the bars around them anew";
  return `${[parts?.join(", "), where].filter(Boolean).join(", ")} anew`;
}
