/** Words of a product name that say who made a device, in which form, or how much memory it has. */
const NOT_THE_MODEL =
  /^(nvidia|tesla|geforce|quadro|generation|pcie|nvl|(sxm|hbm)\d*e?|\d+gb|\d+gib|mig|\d+[cg])$/;

/** Longest class that a config may name. */
const MAX_LENGTH = 32;

/**
 * The GPU class of an engine's device, e.g. `h100` of `NVIDIA H100 80GB HBM3`, `rtx-4090` of `NVIDIA GeForce RTX 4090`,
 * `cpu` of `cpu`: what a config's `gpuClass` can name. Empty if the name has no letter or digit.
 */
export function classOfDevice(device: string): string {
  const words = device
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  const model = words.filter((word) => !NOT_THE_MODEL.test(word));
  return (model.length === 0 ? words : model).join("-").slice(0, MAX_LENGTH).replace(/-+$/, "");
}
