import type { Command } from "commander";

/** Shells with a completion script. */
export const COMPLETION_SHELLS = ["bash", "zsh", "fish"] as const;

/** Name of a shell with a completion script. */
export type CompletionShell = (typeof COMPLETION_SHELLS)[number];

interface Place {
  /** Names of the command and its parents, without the program's own. */
  readonly path: readonly string[];
  readonly commands: readonly Command[];
  /** Values that its arguments allow, if they are a fixed choice. */
  readonly values: readonly string[];
  readonly options: readonly { readonly long: string; readonly description: string }[];
}

/** The script that completes a program's commands and long options, read from its command tree. */
export function renderCompletion(program: Command, shell: CompletionShell): string {
  // The deepest commands come first: the first pattern that matches wins in a shell's `case`.
  const places = listPlaces(program, []).sort((a, b) => b.path.length - a.path.length);
  if (shell === "fish") return renderFish(program.name(), places);
  const script = renderBash(program.name(), places);
  return shell === "bash"
    ? script
    : `autoload -U compinit bashcompinit\ncompinit\nbashcompinit\n${script}`;
}

function listPlaces(command: Command, path: readonly string[]): Place[] {
  const help = command.createHelp();
  const options = help
    .visibleOptions(command)
    .flatMap(({ long, description }) => (long ? [{ long, description }] : []));
  const commands = help.visibleCommands(command);
  const values = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const known = commands.filter((each) => each.name() !== "help");
  return [
    { path, commands, values, options },
    ...known.flatMap((each) => listPlaces(each, [...path, each.name()])),
  ];
}

function renderBash(name: string, places: readonly Place[]): string {
  const lines = places.map(({ path, commands, values, options }) => {
    const pattern = path.length === 0 ? "*" : `"${path.join(" ")} "*`;
    const words = [
      ...values,
      ...commands.map((each) => each.name()),
      ...options.map(({ long }) => long),
    ];
    return `    ${pattern}) words="${words.join(" ")}" ;;`;
  });
  return `_${name}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words
  case "\${COMP_WORDS[*]:1:COMP_CWORD-1} " in
${lines.join("\n")}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _${name} ${name}
`;
}

function renderFish(name: string, places: readonly Place[]): string {
  const lines = places.flatMap(({ path, commands, values, options }) => {
    const seen = path.map((each) => `__fish_seen_subcommand_from ${each}`);
    const names = commands.map((each) => each.name()).join(" ");
    const here = path.length === 0 ? "__fish_use_subcommand" : seen.join("; and ");
    const next = path.length === 0 ? here : `${here}; and not __fish_seen_subcommand_from ${names}`;
    return [
      ...commands.map((each) => {
        const summary = quote(each.summary() || each.description());
        return `complete -c ${name} -n ${quote(next)} -a ${each.name()} -d ${summary}`;
      }),
      ...values.map((each) => `complete -c ${name} -n ${quote(here)} -a ${each}`),
      ...options.map(
        ({ long, description }) =>
          `complete -c ${name} -n ${quote(here)} -l ${long.slice(2)} -d ${quote(description)}`,
      ),
    ];
  });
  return `${lines.join("\n")}\n`;
}

/** A text in single quotes, as fish reads it. */
function quote(text: string): string {
  return `'${text.replace(/[\\']/g, "\\$&")}'`;
}
