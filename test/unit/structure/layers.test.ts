import { readdirSync } from "node:fs";
import { join } from "node:path";
import { ESLint, Linter } from "eslint";
import tseslint from "typescript-eslint";
import { describe, expect, test } from "vitest";
// @ts-expect-error The config is plain JavaScript.
import { layers as table } from "../../../eslint.config.js";

const root = join(import.meta.dirname, "..", "..", "..");
const layers = table as Readonly<Record<string, readonly string[]>>;
const folders = Object.keys(layers);
const linter = new ESLint({ cwd: root });

/** Folders without a row: tests, the Python engine, the launcher. */
const WITHOUT_ROW = ["test", "engine", "bin", "node_modules", "coverage", "dist"];

describe("the table of layers", () => {
  test("has a row for every folder of code", () => {
    const present = readdirSync(root, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
      .map(({ name }) => name)
      .filter((name) => !WITHOUT_ROW.includes(name));
    expect([...folders].sort()).toEqual(present.sort());
  });

  test("forms no circle: each row names only rows above it", () => {
    folders.forEach((folder, index) => {
      expect(folders.slice(0, index), folder).toEqual(expect.arrayContaining([...rowOf(folder)]));
    });
  });

  test("is unambiguous: no room inside a folder has the name of a folder", () => {
    for (const folder of folders) {
      const rooms = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
      expect(rooms.filter((room) => folders.includes(room))).toEqual([]);
    }
  });
});

describe.each(folders)("the linter lets %s/", (folder) => {
  test("import its own files and those of its row, and no others", async () => {
    const allowed = [folder, ...rowOf(folder)];
    for (const other of folders) {
      const problems = await findForbidden(folder, `../../${other}/probe.js`);
      expect(problems).toEqual(
        allowed.includes(other)
          ? []
          : [
              expect.stringContaining(
                `${folder}/ must not import ${other}/; see the table of layers in eslint.config.js.`,
              ),
            ],
      );
    }
  });
});

describe("the linter forbids workflow code", () => {
  test.each([
    ["node:fs", "Workflow code is deterministic: no node built-ins."],
    ["zod", "Workflow code uses neither zod nor a logger other than `log`."],
    ["pino", "Workflow code uses neither zod nor a logger other than `log`."],
  ])("to import %s", async (module, message) => {
    expect(await findForbidden("workflows", module)).toEqual([expect.stringContaining(message)]);
    expect(await findForbidden("activities", module)).toEqual([]);
  });
});

/**
 * The messages of the project's own linter rule for one import in a file two folders below
 * `folder`.
 */
async function findForbidden(folder: string, module: string): Promise<string[]> {
  const config = (await linter.calculateConfigForFile(join(root, folder, "room", "probe.ts"))) as {
    readonly rules: Readonly<Record<string, Linter.RuleEntry>>;
  };
  const problems = new Linter().verify(
    `import type { Probe } from "${module}";\nexport type { Probe };\n`,
    {
      files: ["**/*.ts"],
      languageOptions: { parser: tseslint.parser },
      rules: { "no-restricted-imports": config.rules["no-restricted-imports"] ?? "off" },
    },
    "probe.ts",
  );
  return problems.map(({ message }) => message);
}

function rowOf(folder: string): readonly string[] {
  return layers[folder] ?? [];
}
