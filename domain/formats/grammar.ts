import type { JsonObject } from "../json/value.js";

/**
 * Grammar of a constrained answer, as a value of the engine's `response_format`: fixed text, JSON of a schema, an EBNF
 * grammar, or a sequence or choice of these.
 */
export type AnswerGrammar =
  | { readonly type: "const_string"; readonly value: string }
  | { readonly type: "json_schema"; readonly json_schema: JsonObject }
  | { readonly type: "grammar"; readonly grammar: string }
  | { readonly type: "sequence" | "or"; readonly elements: readonly AnswerGrammar[] }
  | {
      readonly type: "tag";
      readonly begin: string;
      readonly content: AnswerGrammar;
      readonly end: string;
    };
