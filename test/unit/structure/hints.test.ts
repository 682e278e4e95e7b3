import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..", "..");

/** A command as a user would paste it, without what starts it. */
const BARE_COMMAND = /(?<!npx |[\w./-])whetstone [a-z]+ /;

test(
  "every command that a text names can be pasted: it begins with npx",
  { timeout: 30_000 },
  () => {
    const files = execFileSync("git", ["ls-files", "*.ts", ":!test"], {
      cwd: root,
      encoding: "utf8",
    })
      .trim()
      .split("\n");
    const bare = files.flatMap((file) =>
      listTexts(join(root, file))
        .filter((text) => BARE_COMMAND.test(`${text} `))
        .map((text) => `${file}: ${text}`),
    );
    expect(bare).toEqual([]);
  },
);

/** The texts of a file's string and template literals, holes as `…`. */
function listTexts(path: string): string[] {
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node)) texts.push(node.text);
    if (ts.isTemplateExpression(node)) {
      texts.push(
        node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join(""),
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return texts;
}
