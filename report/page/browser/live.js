import { byId } from "./dom.js";

/** Milliseconds between polls of the server. */
const INTERVAL_MS = 2_000;

/**
 * Follows a running sweep: polls the server for its version and fetches the newer page when the
 * version changes.
 *
 * @param {(page: Document) => Promise<void>} update
 */
export function followServer(update) {
  let version = document.body.dataset["version"] ?? "";
  const state = byId("live");
  const look = async () => {
    try {
      const answer = await fetch("version", { cache: "no-store" });
      const { version: newest, line } = await answer.json();
      state.textContent = line;
      if (newest !== version) {
        const text = await (await fetch("./", { cache: "no-store" })).text();
        const page = new DOMParser().parseFromString(text, "text/html");
        for (const part of document.querySelectorAll("[data-part]")) {
          const id = part.getAttribute("data-part") ?? "";
          const newer = page.querySelector(`[data-part="${id}"]`);
          if (newer !== null) part.replaceChildren(...newer.childNodes);
        }
        version = page.body.dataset["version"] ?? newest;
        await update(page);
      }
    } catch {
      state.textContent = "The server does not respond; the page shows the last data it received.";
    }
    setTimeout(() => void look(), INTERVAL_MS);
  };
  setTimeout(() => void look(), INTERVAL_MS);
}
