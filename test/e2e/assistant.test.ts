import type { ChildProcess } from "node:child_process";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { repositoryRoot } from "../../infra/repository.js";
import type { WatchedPage } from "../browser/chromium.js";
import { launchChromium, openPage } from "../browser/chromium.js";
import type { Workspace } from "./workspace.js";
import { createWorkspace, findFreePorts, waitFor } from "./workspace.js";

let workspace: Workspace;
let example: ChildProcess;
let output = "";
let browser: Browser;
let watched: WatchedPage;
let url: string;

beforeAll(async () => {
  workspace = await createWorkspace();
  const [endpointPort = 0] = await findFreePorts(1);
  example = spawn(
    process.execPath,
    [
      ...["--import", "tsx", join("examples", "assistant", "main.ts")],
      ...["--port", "0", "--endpoint-port", String(endpointPort)],
    ],
    { cwd: repositoryRoot, env: workspace.environment, stdio: ["ignore", "pipe", "pipe"] },
  );
  for (const stream of [example.stdout, example.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output += text));
  }
  url = await waitFor(
    () => `the example\n${output}`,
    () => {
      if (example.exitCode !== null) throw new Error(output);
      return /The assistant is at (\S+\/)\./.exec(output)?.[1] ?? null;
    },
    300_000,
  );
  browser = await launchChromium();
  watched = await openPage(browser, url);
  watched.page.setDefaultTimeout(300_000);
});

afterAll(async () => {
  await browser.close();
  example.kill("SIGKILL");
  await workspace.close();
});

/** Sends a message and waits for the end of its answer; returns what the page shows. */
async function say(page: Page, text: string) {
  const before = await page.locator(".message.assistant").count();
  await page.getByLabel("Message").fill(text);
  await page.getByRole("button", { name: "Send" }).click();
  const box = page.locator(".message.assistant").nth(before);
  await box.locator(".text").waitFor();
  return {
    badges: await box.locator(".badge").allTextContents(),
    calls: await box.locator(".call").allTextContents(),
    results: await box.locator(".result").allTextContents(),
    text: await box.locator(".text").textContent(),
  };
}

it("runs the tools that the model calls, which read and change the stock", async () => {
  const { page } = watched;
  const expected = [
    [
      "How did the cost of the laptop Cevaz 23 change",
      'get_laptop_price_history({"name":"Cevaz 23"})',
      "Cevaz 23, prices of the last 7 days in euro: 99, 95, 95, 92, 92, 92, 89.",
    ],
    [
      "The laptop Bilhap should cost 27",
      'set_laptop_price({"name":"Bilhap","amount":27})',
      "Bilhap costs 27 euro now; it was 29.",
    ],
    [
      "What is the price of the laptop Bilhap",
      'get_laptop_price({"name":"Bilhap"})',
      "Bilhap costs 27 euro.",
    ],
  ] as const;
  for (const [message, call, text] of expected) {
    const said = await say(page, message);
    expect(said).toEqual({ badges: [said.badges[0]], calls: [call], results: [`→ ${text}`], text });
    expect(said.badges[0]).toMatch(/^(base|adapted)$/);
  }
  expect(await page.locator(".message.user").count()).toBe(expected.length);
});

it("says that an answer is late if the time is short, and adapted if it is not", async () => {
  const { page } = watched;
  await page.getByRole("button", { name: "New conversation" }).click();
  expect(await page.locator(".message").count()).toBe(0);
  await page.getByLabel("Time").selectOption("0.1 s");
  expect((await say(page, "Is the laptop Orlo expensive")).badges).toEqual(["late"]);
  await page.getByLabel("Time").selectOption("no limit");
  const adapted = await say(page, "Is the laptop Orlo expensive");
  expect(adapted).toMatchObject({ badges: ["adapted"], text: "Orlo costs 69 euro." });
});

it("refuses other websites and makes no request of its own to them", async () => {
  const foreign = await fetch(`${url}messages`, { method: "POST", body: "{}" });
  expect(foreign.status).toBe(404);
  const wrong = await fetch(`${url}messages`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"conversation":"a","text":"","budgetMs":null}',
  });
  expect(wrong.status).toBe(400);
  expect(watched.complaints).toEqual([]);
  expect(watched.requests.every((each) => each.startsWith(url))).toBe(true);
});

it("ends with its endpoint when asked to", async () => {
  example.kill("SIGTERM");
  const [code] = (await once(example, "exit")) as [number | null];
  expect(code, output).toBe(0);
});
