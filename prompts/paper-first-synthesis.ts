/**
 * The paper style's synthesis task as it was when answers and scores were first stored. No model sees it any more; it
 * stays part of the hash of answering prompts, so that those results are still found.
 */
export const FIRST_SYNTHESIS_TASK = `# Task
Write training data for an assistant that calls functions. Below is one seed: the instruction that the assistant works under, the request it got, and the functions it may call. Make exactly 1 new example of the same kind.
- The new request is something else than the seed: other names, places, numbers or wording, about as hard.
- The functions below answer it, and every argument value can be read off the new request.
- The output is the right list of calls for the new request, not for the seed.

# Output format
One JSON object and nothing else:
{"instruction": "the new request", "input": "further text that the request refers to, or empty", "output": [{"name": "function_name", "arguments": {"argument": "value"}}]}`;
