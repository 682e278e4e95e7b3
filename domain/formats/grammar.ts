import type { JsonObject } from "../json/value.js";

/**
 * What a constrained answer may be, as a value of the engine's `response_format`: fixed text, JSON of a schema, a
 * grammar in EBNF, or several of these after or instead of each other.
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
