import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { importNexusraven } from "../../../datasets/nexusraven.js";

let repository: string;
beforeEach(() => {
  repository = mkdtempSync(join(tmpdir(), "whetstone-nexusraven-"));
  const folder = join(repository, "raven/data/resources");
  mkdirSync(folder, { recursive: true });
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  const lamp = (name: string) =>
    `def ${name}(room: str, level: int = None):\n    """\n    Turn.\n\n    Args:\n    - room: string, required, Room\n    - level, int32, optional, Level\n    """\n`;
  const plain = (reference: string) => JSON.stringify([{ query: "Please turn.", reference }]);
  write("cve_cpe_function_definitions.py", lamp("turn_a"));
  write("virustotal_function_definitions.py", `${lamp("turn_b")}\n\n${lamp("turn_c")}`);
  write("cve_cpe_queries.json", plain("r = nvdlib.turn_a(room = 'hall')"));
  write("virustotal_queries.json", plain('turn_c(room="hall", level=3)'));
  write("emailrep_queries.json", plain('ask(email="a@b.example")'));
  writeFileSync(
    join(repository, "raven/data/upload_standardized_api_list.py"),
    'x = {"name": "ask", "description": """\nAsk.\n\nParameters\nemail (string, required): Whose\n"""}',
  );
  const docstring =
    '\nOPTION:\n<func_start>def sing(song: str)<func_end>\n<docstring_start>\n"""\nSing.\n\nParameters:\n    song (str) required: string. Which song.\n"""\n<docstring_end>\n';
  const turn = { instruction: "Sing.", golden_answer: '["sing(song=None)"]', docstring };
  write("toolalpaca_queries.json", JSON.stringify([{ turns_1: turn, turns_2: {} }]));
});
afterEach(() => {
  rmSync(repository, { recursive: true });
});

describe("importNexusraven, from the publisher's repository", () => {
  it("reads the four parts in order, each with its functions", async () => {
    const { records } = await importNexusraven(repository);
    expect(records.map(({ gold }) => gold.calls)).toEqual([
      [{ name: "turn_a", arguments: { room: "hall" } }],
      [{ name: "ask", arguments: { email: "a@b.example" } }],
      [{ name: "turn_c", arguments: { room: "hall", level: 3 } }],
      [{ name: "sing", arguments: { song: null } }],
    ]);
    expect(records.map(({ tools }) => tools.map(({ name }) => name))).toEqual([
      ["turn_a"],
      ["ask"],
      ["turn_b", "turn_c"],
      ["sing"],
    ]);
    expect(records[3]!.tools[0]).toEqual({
      name: "sing",
      description: "Sing.",
      parameters: {
        type: "object",
        properties: { song: { type: "string", description: "Which song." } },
        required: ["song"],
      },
    });
  });

  it("warns about each file that is not the known one", async () => {
    const { files, warnings } = await importNexusraven(repository);
    expect(files).toHaveLength(7);
    expect(files.every(({ title, expected }) => title === null && expected)).toBe(true);
    expect(warnings).toHaveLength(7);
  });

  it("rejects gold that is not a call, naming file and record", async () => {
    const path = join(repository, "raven/data/resources/virustotal_queries.json");
    writeFileSync(path, JSON.stringify([{ query: "x", reference: "turn_c(room)" }]));
    await expect(importNexusraven(repository)).rejects.toMatchObject({
      code: "DATA_LINE_INVALID",
      message: `${path}, record 0: "turn_c(room)" is not a Python call`,
    });
  });
});
