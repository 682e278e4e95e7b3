import { InvalidArgumentError, Option } from "commander";

/** `--port <number>` of the commands that serve something. */
export function portOption(description: string, byDefault: number): Option {
  return new Option("--port <number>", description).default(byDefault).argParser(parse);
}

function parse(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new InvalidArgumentError("a port is a number from 0 to 65535");
}
