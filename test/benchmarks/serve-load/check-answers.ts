import { servedRequestKey } from "../../../domain/served/request-key.js";
import type { ServedRow } from "../../../store/records.js";
import type { Store } from "../../../store/store.js";
import type { Asked } from "./clients.js";
import { describe, isSame, post } from "./clients.js";
import { SERVED } from "./questions.js";
import { NoAnswer } from "./send.js";

/** How many requests are asked again at a time. */
const AT_ONCE = 10;

/** Reads the stored row of each request, in the same order; null: the endpoint never accepted it. */
export async function readRows(
  store: Store,
  asked: readonly Asked[],
): Promise<(ServedRow | null)[]> {
  const rows: (ServedRow | null)[] = [];
  for (const { tenant, requestId } of asked) {
    const key = servedRequestKey({ sweep: SERVED, tenant: tenant.name, requestId });
    rows.push(await store.getServedRequest(key));
  }
  return rows;
}

/**
 * Compares what clients got with what is stored: every accepted request has one answer, the client's is that one, and
 * equal questions have equal answers of the base model and of the method.
 */
export function findWrong(
  asked: readonly Asked[],
  rows: readonly (ServedRow | null)[],
): readonly string[] {
  const wrong: string[] = [];
  const known = new Map<string, string>();
  asked.forEach((entry, index) => {
    const row = rows[index] ?? null;
    const name = describe(entry);
    if (row === null) {
      if (entry.reply !== null) wrong.push(`${name}: answered, but not stored`);
      return;
    }
    const { answer } = row;
    if (answer === null) {
      wrong.push(`${name}: accepted, but not answered (${row.errorCode ?? "no error"})`);
      return;
    }
    if (entry.reply === null) {
      wrong.push(`${name}: answered, but the client never got it`);
      return;
    }
    if (!matches(entry.reply.text, answer) || entry.reply.from !== answer.from) {
      wrong.push(`${name}: the client's answer is not the stored one`);
    }
    // A late answer is the base model's.
    const kind = answer.from === "adapted" ? "method" : "base";
    const question = `${kind} ${JSON.stringify(entry.question)}`;
    const said = JSON.stringify([answer.content, answer.calls]);
    if ((known.get(question) ?? said) !== said) {
      wrong.push(`${name}: another answer of the ${kind} than to the same question before`);
    }
    known.set(question, said);
  });
  return wrong;
}

function matches(text: string, { content, calls }: NonNullable<ServedRow["answer"]>): boolean {
  const { choices } = JSON.parse(text) as {
    readonly choices: readonly {
      readonly message: {
        readonly content: string | null;
        readonly tool_calls?: readonly { readonly function: object }[];
      };
    }[];
  };
  const message = choices[0]?.message;
  const called = (message?.tool_calls ?? []).map((call) => call.function);
  return (
    message !== undefined &&
    message.content === content &&
    JSON.stringify(called) === JSON.stringify(calls)
  );
}

/** Asks every answered request once more; returns those whose answer changed or was refused. */
export async function askAllAgain(url: string, asked: readonly Asked[]): Promise<string[]> {
  const wrong: string[] = [];
  const waiting = asked.filter(({ reply }) => reply !== null);
  async function askNext(): Promise<void> {
    for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
      try {
        const reply = await post(url, entry);
        if (!isSame(reply, entry.reply))
          wrong.push(`${describe(entry)}: another answer at the end`);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        wrong.push(`${describe(entry)}: ${error.code} when asked again at the end`);
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, askNext));
  return wrong;
}
