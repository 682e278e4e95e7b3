import { expect, it } from "vitest";
import { waitWhileAway } from "../../../../cli/sweep/wait-while-away.js";
import { WhetstoneError } from "../../../../domain/errors/whetstone-error.js";

const away = (retryable: boolean) =>
  new WhetstoneError("The results database pg cannot be used: gone", {
    ...{ code: "STORE_UNREACHABLE" as const, hint: "start it", retryable },
  });

function failing(times: number, retryable = true) {
  let calls = 0;
  return () => {
    calls += 1;
    return calls <= times ? Promise.reject(away(retryable)) : Promise.resolve(calls);
  };
}

function options(limitMs = 60_000) {
  const notes: string[] = [];
  const terminal = { note: (text: string) => void notes.push(text) };
  return { notes, terminal, signal: new AbortController().signal, pauseMs: 1, limitMs };
}

it("waits while the database is away and says so once", async () => {
  const given = options();
  expect(await waitWhileAway(failing(5), given)).toBe(6);
  expect(given.notes).toEqual([
    "STORE_UNREACHABLE: The results database pg cannot be used: gone; waiting for it",
    "  next: start it",
  ]);
});

it("throws at once what waiting does not cure, and the rest at the limit", async () => {
  await expect(waitWhileAway(failing(1, false), options())).rejects.toMatchObject({
    code: "STORE_UNREACHABLE",
  });
  await expect(waitWhileAway(failing(1_000), options(20))).rejects.toMatchObject({
    code: "STORE_UNREACHABLE",
  });
});

it("does not wait for what only another start cures", async () => {
  const died = new WhetstoneError("The engine exited immediately after it started.", {
    ...{ code: "ENGINE_NOT_STARTED" as const, hint: "read its log", retryable: true },
  });
  await expect(waitWhileAway(() => Promise.reject(died), options())).rejects.toBe(died);
});
