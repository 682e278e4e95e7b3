import { byId } from "./dom.js";

/**
 * The button that switches between light and dark; by default the page follows the system setting.
 */
export function createThemeButton() {
  const place = byId("theme");
  const isDark = () => {
    const chosen = document.documentElement.dataset["theme"];
    return chosen === undefined
      ? matchMedia("(prefers-color-scheme: dark)").matches
      : chosen === "dark";
  };
  const show = () => {
    place.textContent = isDark() ? "Light" : "Dark";
    place.setAttribute("aria-label", `Change to ${isDark() ? "light" : "dark"} colours`);
  };
  place.hidden = false;
  place.addEventListener("click", () => {
    document.documentElement.dataset["theme"] = isDark() ? "light" : "dark";
    show();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
}
