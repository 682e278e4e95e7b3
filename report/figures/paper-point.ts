/** What the paper reports of one variant, in percent: shown beside ours and marked "paper". */
export interface PaperPoint {
  /** The variant's name in the sweep. */
  readonly variant: string;
  readonly dataset: string;
  readonly accuracy: number;
}
