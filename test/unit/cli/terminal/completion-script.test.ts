import { execFileSync } from "node:child_process";
import { Argument, Command } from "commander";
import { describe, expect, it } from "vitest";
import { renderCompletion } from "../../../../cli/terminal/completion-script.js";

function createProgram(): Command {
  const program = new Command("tool").option("--version", "the version");
  const data = program.command("data").description("data sets");
  data.command("import").description("a user's file").option("--out <file>", "write here");
  program.command("run").description("a run").option("--json", "as JSON");
  program.command("paint").addArgument(new Argument("<color>").choices(["red", "blue"]));
  return program;
}

/** What bash offers for the last word. */
function complete(...words: string[]): string[] {
  const script = `${renderCompletion(createProgram(), "bash")}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tool; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync("bash", ["-c", script, "bash", "tool", ...words], {
    encoding: "utf8",
  });
  return output.trim().split("\n");
}

describe("bash completion", () => {
  it("offers the commands", () => {
    expect(complete("r")).toEqual(["run"]);
    expect(complete("")).toEqual(["data", "run", "paint", "help", "--version", "--help"]);
  });

  it("offers a command's own options, also after its arguments", () => {
    expect(complete("run", "--")).toEqual(["--json", "--help"]);
    expect(complete("run", "config.yaml", "--j")).toEqual(["--json"]);
  });

  it("offers the values of an argument with a fixed choice", () => {
    expect(complete("paint", "r")).toEqual(["red"]);
  });

  it("offers the commands and options below a command", () => {
    expect(complete("data", "i")).toEqual(["import"]);
    expect(complete("data", "import", "--o")).toEqual(["--out"]);
  });
});

describe("other shells", () => {
  it("loads bash's script in zsh", () => {
    expect(renderCompletion(createProgram(), "zsh")).toBe(
      `autoload -U compinit bashcompinit\ncompinit\nbashcompinit\n${renderCompletion(createProgram(), "bash")}`,
    );
  });

  it("quotes descriptions for fish", () => {
    expect(renderCompletion(createProgram(), "fish")).toContain("-a import -d 'a user\\'s file'\n");
  });

  it("offers an argument's fixed choice in fish", () => {
    expect(renderCompletion(createProgram(), "fish")).toContain(
      "complete -c tool -n '__fish_seen_subcommand_from paint' -a red\n",
    );
  });
});
