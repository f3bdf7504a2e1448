// Dark and light: as the system has it, until the user chooses.

import { byId } from "./dom.js";

const KEY = "emsync-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Set up the button. changed: called when the colours change. */
export function setUpTheme(changed) {
  const button = byId("theme");
  const isDark = () => (localStorage.getItem(KEY) ?? (system.matches ? "dark" : "light")) === "dark";
  const show = () => {
    document.documentElement.dataset.theme = isDark() ? "dark" : "light";
    button.textContent = isDark() ? "Light" : "Dark";
    button.title = isDark() ? "Show the page in light colours" : "Show the page in dark colours";
    changed();
  };
  button.addEventListener("click", () => {
    localStorage.setItem(KEY, isDark() ? "light" : "dark");
    show();
  });
  system.addEventListener("change", show);
  show();
}
