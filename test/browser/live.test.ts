import { request } from "node:http";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PageServer } from "../../report/page/serve-page.js";
import { createLivePage } from "../../report/page/live-page.js";
import { servePage } from "../../report/page/serve-page.js";
import { launchChromium, openPage } from "./chromium.js";
import { makeReport } from "./make-report.js";

let browser: Browser;
let server: PageServer;
let samples = 6;

beforeAll(async () => {
  browser = await launchChromium();
  const page = createLivePage(
    {
      look: () =>
        Promise.resolve({ version: String(samples), line: `running: ${samples} samples` }),
      load: () => Promise.resolve(makeReport({ samples })),
      drawFigures: () => Promise.resolve([]),
    },
    {},
    // A clock that never advances: rendering takes no time, so a newer version is never delayed.
    () => 0,
  );
  server = await servePage(page, 0);
});

afterAll(async () => {
  await server.close();
  await browser.close();
});

test("loads newer results without losing filters", async () => {
  const { page, complaints, requests } = await openPage(browser, `${server.url}#variant=base`);
  expect(await page.locator("#count").textContent()).toMatch(/^6 of 48 units/);
  samples = 9;
  await page.getByText("9 of 72 units").waitFor();
  expect(await page.locator("#live").textContent()).toBe("running: 9 samples");
  expect(await page.getByLabel("Variant", { exact: true }).inputValue()).toBe("base");
  expect(complaints).toEqual([]);
  expect(requests.every((url) => url.startsWith(server.url))).toBe(true);
  await page.close();
});

test("answers only this machine and only read requests", async () => {
  const url = new URL(server.url);
  const status = await new Promise((resolve, reject) => {
    const asked = request(
      { host: url.hostname, port: url.port, headers: { host: "elsewhere.example" } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asked.on("error", reject).end();
  });
  expect(status).toBe(403);
  expect((await fetch(server.url, { method: "POST" })).status).toBe(405);
  expect((await fetch(`${server.url}secrets`)).status).toBe(404);
});

test("names the port in use", async () => {
  const port = Number(new URL(server.url).port);
  const page = { state: () => Promise.reject(new Error()), render: () => Promise.resolve("") };
  await expect(servePage(page, port)).rejects.toThrow(`Port ${port} is taken.`);
});

test("limits the render rate, and renders at once when the sweep has ended", async () => {
  let [clock, version, made, ended] = [0, 1, 0, false];
  const page = createLivePage(
    {
      look: () => Promise.resolve({ version: String(version), line: "", ended }),
      load: () => {
        made += 1;
        clock += 1_000;
        return Promise.resolve(makeReport({ samples: 2 }));
      },
      drawFigures: () => Promise.resolve([]),
    },
    {},
    () => clock,
  );
  await page.render();
  version = 2;
  clock += 2_900;
  expect((await page.state()).version).toBe("1");
  await page.render();
  expect(made).toBe(1);
  clock += 200;
  expect((await page.state()).version).toBe("2");
  await page.render();
  expect(made).toBe(2);
  [version, ended] = [3, true];
  expect((await page.state()).version).toBe("3");
  await page.render();
  expect(made).toBe(3);
});
