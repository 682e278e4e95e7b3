/** A point in time or a duration as the server sends it. */
interface SecondsAndNanos {
  readonly seconds?: unknown;
  readonly nanos?: number | null;
}

/** Milliseconds of a point in time (since 1970) or a duration; null if there is none. */
export function toMilliseconds(time: SecondsAndNanos | null | undefined): number | null {
  if (time === null || time === undefined) return null;
  return Number(time.seconds ?? 0) * 1000 + (time.nanos ?? 0) / 1e6;
}
