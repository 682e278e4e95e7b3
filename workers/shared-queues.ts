import { FORMER_GPU_CLASS, gpuQueue } from "../contracts/queues-and-ids.js";
import { classOfDevice } from "./device-class.js";

/**
 * The queues that a GPU worker shares with others: that of sweeps without a class, and that of its own class. A worker
 * that is told none has its device's, and goes on with sweeps from before classes came from devices.
 */
export function sharedQueues(
  gpuClass: string | undefined,
  device: string | undefined,
): readonly string[] {
  const own = gpuClass ?? classOfDevice(device ?? "");
  const classes = gpuClass === undefined ? [own, FORMER_GPU_CLASS] : [own];
  const named = classes.filter((name) => name !== "").map(gpuQueue);
  return [...new Set([gpuQueue(undefined), ...named])];
}
