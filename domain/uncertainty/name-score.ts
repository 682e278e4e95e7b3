/** What H knows of one candidate before estimating: the engine's score of its name. */
export interface NameScore {
  readonly name: string;
  /** Sum of the name's token log-probabilities, its closing included unless `nameClosing` is none; nats. */
  readonly logLikelihood: number;
  readonly tokenCount: number;
  /** Log-likelihood of the query after the tool's signature, nats; `channel` needs it. */
  readonly queryLogLikelihood?: number;
}
