// The tabs of the panels, by pointer and by arrow keys.

import { byId, make } from "./dom.js";

/** Set up tabs of these names. shown: called when another one is chosen. Returns the present one. */
export function setUpTabs(names, shown) {
  const list = byId("tabs");
  let present = names[0];
  const choose = (name, focus) => {
    present = name;
    for (const tab of list.children) {
      const isChosen = tab.dataset.name === name;
      tab.setAttribute("aria-selected", String(isChosen));
      tab.tabIndex = isChosen ? 0 : -1;
      if (isChosen && focus) tab.focus();
    }
    byId("panel").setAttribute("aria-labelledby", `tab-${name}`);
    shown();
  };
  list.append(...names.map((name) => make("button", {
    type: "button", role: "tab", id: `tab-${name}`, "aria-controls": "panel", text: name, data: { name },
    on: { click: () => choose(name, false) },
  })));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const place = (names.indexOf(present) + step + names.length) % names.length;
    choose(names[place], true);
  });
  choose(present, false);
  return { present: () => present, choose: (name) => choose(name, false) };
}
