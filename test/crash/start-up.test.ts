import { afterAll, beforeAll, expect, it } from "vitest";
import type { Workspace } from "../e2e/workspace.js";
import { createWorkspace, waitFor } from "../e2e/workspace.js";

let workspace: Workspace;

beforeAll(async () => {
  workspace = await createWorkspace();
});

afterAll(async () => {
  await workspace.close();
});

function findPid(name: string): number | null {
  const service = workspace.services().find((each) => each.name === name && each.alive);
  return service?.record.pid ?? null;
}

it.each(["engine", "temporal"])(
  "a start goes on by itself if its %s is killed while the workers wait for it",
  async (name) => {
    const down = await workspace.run(["dev", "down"]);
    expect(down.code, down.stderr).toBe(0);
    const up = workspace.start(["dev", "up"]);
    // A worker is far from ready when its process has just been created.
    await waitFor(
      () => `the GPU worker\n${up.stderr()}`,
      () => findPid("worker-gpu"),
    );
    const killed = findPid(name);
    if (killed === null) throw new Error(`${name} does not run`);
    process.kill(killed, "SIGKILL");
    const result = await up.ended;
    expect(result.code, result.stderr).toBe(0);
    expect(result.stderr).toMatch(
      /^The (engine|Temporal server) was ended during the start; starting it again$/m,
    );
    const alive = workspace.services().filter((service) => service.alive);
    expect(alive.map((service) => service.name).sort()).toEqual(
      ["engine", "supervisor", "temporal", "worker-gpu", "worker-orchestrator-cpu"].sort(),
    );
    expect(findPid(name)).not.toBe(killed);
  },
);
