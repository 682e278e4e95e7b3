import { InvalidArgumentError, Option } from "commander";
import { configFileSchema } from "../../domain/config/schema.js";

/** `--gpu-class <name>` of the commands that start a GPU worker. A name that no config could use is refused. */
export function gpuClassOption(): Option {
  return new Option(
    "--gpu-class <name>",
    "GPU class to serve, as in a config's run.gpuClass (default: that of the engine's device)",
  ).argParser(parse);
}

function parse(name: string): string {
  const { gpuClass } = configFileSchema.shape.run.unwrap().shape;
  if (gpuClass.safeParse(name).success) return name;
  throw new InvalidArgumentError("Use lower-case letters, digits and hyphens, e.g. h100.");
}
