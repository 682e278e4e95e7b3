/** How the models of one architecture write calls, as their makers' chat templates and guides say. */
export interface ArchitectureFormat {
  /** Models that the engine runs under this architecture. */
  readonly models: string;
  /** The nearest of our answer formats; the others can be learned from the prompt. */
  readonly format: string;
  /** One call in the models' own words. */
  readonly written: string;
  /** How the format differs from the models' own; empty if it does not. */
  readonly difference: string;
}

/** By the class that `config.json` names in `architectures`. */
export const ARCHITECTURE_FORMATS: Readonly<Record<string, ArchitectureFormat>> = {
  LlamaForCausalLM: {
    models: "Llama 3.1, 3.2, 3.3; SmolLM2 and many others",
    format: "llama",
    written: '{"name": "f", "parameters": {"x": 1}}',
    difference: "other models of this class have formats of their own, Hermes for example `hermes`",
  },
  Qwen2ForCausalLM: {
    models: "Qwen2.5, Qwen2.5-Coder",
    format: "hermes",
    written: '<tool_call> {"name": "f", "arguments": {"x": 1}} </tool_call>',
    difference: "",
  },
  Qwen3ForCausalLM: {
    models: "Qwen3, dense",
    format: "hermes",
    written: '<tool_call> {"name": "f", "arguments": {"x": 1}} </tool_call>',
    difference: "",
  },
  MistralForCausalLM: {
    models: "Mistral 7B v0.3, Mistral Nemo and Small (text)",
    format: "mistral",
    written: '[TOOL_CALLS] [{"name": "f", "arguments": {"x": 1}}]',
    difference:
      "the models also write an `id` per call; newer ones write `[TOOL_CALLS]f[ARGS]{...}`",
  },
  SmolLM3ForCausalLM: {
    models: "SmolLM3",
    format: "hermes",
    written: '<tool_call> {"name": "f", "arguments": {"x": 1}} </tool_call>',
    difference: "",
  },
  GraniteForCausalLM: {
    models: "Granite 3.0 to 3.3, dense",
    format: "list",
    written: '<|tool_call|>[{"name": "f", "arguments": {"x": 1}}]',
    difference: "the models put `<|tool_call|>` (3.1: `<tool_call>`) before the list",
  },
  Phi3ForCausalLM: {
    models: "Phi-4-mini; Phi-3, Phi-3.5-mini and Phi-4 have no format of their own",
    format: "list",
    written: '<|tool_call|>[{"name": "f", "arguments": {"x": 1}}]<|/tool_call|>',
    difference: "the models put the list between two special tokens",
  },
  Gemma3ForCausalLM: {
    models: "Gemma 3 270M and 1B (text)",
    format: "pythonic",
    written: "[f(x=1)]",
    difference: "no tokens of its own: the prompt states the format, Google's guide this one",
  },
};
