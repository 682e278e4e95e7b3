import type { AnswerFormat } from "../../domain/formats/answer-format.js";
import type { ChatPrompt } from "../../prompts/types.js";
import type { InferenceSpec } from "../../domain/config/variant.js";
import type { NameClosing } from "../../domain/uncertainty/name-closing.js";
import { NAME_FORCING_VERSION, opensForcedNames } from "../../domain/uncertainty/name-closing.js";
import type { ChatCall } from "../../sampler/chat.js";

/** A request whose answer continues `prefill`. */
export interface PrefilledRequest {
  /** Start of the answer, which the reply does not repeat. */
  readonly prefill: string;
  readonly request: Pick<
    ChatCall,
    "messages" | "tools" | "response_format" | "continue_final_message"
  >;
}

/**
 * Forces the name of a free answer's first call: the answer starts with the opening and the name.
 *
 * The closing character is not prefilled: real vocabularies merge it with what follows (`",` is one token), and a model
 * that reads a lone `"` continues a text that it never writes. The model chooses among all tokens that begin with it;
 * after that, any text is allowed. With `nameClosing: token` the character is prefilled as a token of its own.
 */
export function forceName(
  { opening, nameClosing: character }: Pick<AnswerFormat, "opening" | "nameClosing">,
  prompt: ChatPrompt,
  name: string,
  nameClosing: NameClosing,
): PrefilledRequest {
  const isOpen = opensForcedNames(nameClosing);
  const prefill = `${opening}${name}${isOpen ? "" : character}`;
  return {
    prefill,
    request: {
      ...prompt,
      messages: [...prompt.messages, { role: "assistant", content: prefill }],
      continue_final_message: true,
      ...(isOpen && {
        response_format: {
          type: "structural_tag",
          format: { type: "grammar", grammar: anyTextAfter(character) },
        },
      }),
    },
  };
}

/**
 * The part of an answer's key that says how a free answer's name is forced; empty for names closed by a token, as on
 * record.
 */
export function describeForcing(
  { decoding }: Pick<InferenceSpec, "decoding">,
  nameClosing: NameClosing,
): { readonly forcing?: string } {
  return decoding === "free" && opensForcedNames(nameClosing)
    ? { forcing: NAME_FORCING_VERSION }
    : {};
}

function anyTextAfter(character: string): string {
  return `root ::= ${JSON.stringify(character)} [\\u0000-\\U0010FFFF]*`;
}
