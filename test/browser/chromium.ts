import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";

/** Chromium and Chrome paths on Debian, Ubuntu, Fedora and macOS. */
const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts the system's Chromium from CHROMIUM_PATH or a usual path. */
export async function launchChromium(): Promise<Browser> {
  const wanted = process.env["CHROMIUM_PATH"];
  const executablePath = wanted ?? PATHS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      "The browser tests need Chromium: run `apt-get install chromium`, or set CHROMIUM_PATH.",
    );
  }
  return chromium.launch({
    executablePath,
    timeout: 120_000,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page with its recorded errors and requests. */
export interface WatchedPage {
  readonly page: Page;
  /** Console errors and warnings, and exceptions. */
  readonly complaints: readonly string[];
  /** Requested URLs, including the page's own. */
  readonly requests: readonly string[];
}

/** Opens a URL and waits until the explorer is ready. */
export async function openPage(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const page = await browser.newPage({ viewport: { width: 1300, height: 900 }, ...options });
  page.setDefaultTimeout(60_000);
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) complaints.push(message.text());
  });
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  await page.goto(url);
  await page.locator('body[data-ready="true"]').waitFor();
  return { page, complaints, requests };
}
