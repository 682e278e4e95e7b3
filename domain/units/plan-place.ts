/** A place in the plan of a sweep, right after one unit; places are ordered by position, then key. */
export interface PlanPlace {
  readonly position: number;
  readonly unitKey: string;
}
