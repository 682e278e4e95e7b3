import type { Client } from "@temporalio/client";
import type { ProtoFailure } from "@temporalio/common";
import { decodeOptionalFailureToOptionalError } from "@temporalio/common/lib/internal-non-workflow/index.js";

/** The message of a failure in a history, decrypted; null if there is no failure. */
export async function readFailure(
  client: Client,
  failure: ProtoFailure | null | undefined,
): Promise<string | null> {
  const { loadedDataConverter } = client.options;
  const error = await decodeOptionalFailureToOptionalError(loadedDataConverter, failure);
  return error?.message ?? null;
}
