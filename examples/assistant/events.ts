/** A call as the page shows it; `arguments` is JSON text. */
interface ShownCall {
  readonly name: string;
  readonly arguments: string;
}

/** What the page hears while a message is answered, one JSON object a line. */
export type AssistantEvent =
  /** The model is asked. */
  | { readonly kind: "asking" }
  /** The model has answered: `from` is the header `X-Whetstone-Answer`. */
  | {
      readonly kind: "answered";
      readonly from: string;
      readonly seconds: number;
      readonly calls: readonly ShownCall[];
    }
  /** A tool has run. */
  | { readonly kind: "result"; readonly name: string; readonly text: string }
  /** The last event: the words to show. */
  | { readonly kind: "done"; readonly text: string }
  | { readonly kind: "failed"; readonly text: string };
