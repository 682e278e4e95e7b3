import { existsSync } from "node:fs";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { chromium } from "playwright-core";

/** Where Debian, Ubuntu, Fedora and macOS put Chromium or Chrome. */
const PATHS = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/usr/bin/google-chrome-stable",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Starts the system's Chromium: CHROMIUM_PATH, or one of the usual places. */
export async function launchChromium(): Promise<Browser> {
  const wanted = process.env["CHROMIUM_PATH"];
  const executablePath = wanted ?? PATHS.find((path) => existsSync(path));
  if (executablePath === undefined) {
    throw new Error(
      "The browser tests need Chromium: `apt-get install chromium`, or set CHROMIUM_PATH to one.",
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

/** A page with everything it complains about and asks for. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors and warnings on the console, and exceptions. */
  readonly complaints: readonly string[];
  /** Addresses asked for, the page's own included. */
  readonly requests: readonly string[];
}

/** Opens an address and waits until the explorer stands. */
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
