import { setWorkflowOptions } from "@temporalio/workflow";
import { sweepWorkflow } from "./sweep.js";

export * from "./index.js";

/**
 * The workflows of workers with a deployment version. All others stay on the version that started them, as those
 * workers' default says. A sweep's root lasts as long as the sweep, has a short history and replays on every later
 * version, so it moves on, and with it what it starts.
 */
setWorkflowOptions({ versioningBehavior: "AUTO_UPGRADE" }, sweepWorkflow);
