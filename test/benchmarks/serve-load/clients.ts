import { setTimeout as sleep } from "node:timers/promises";
import { createRandom } from "../../../domain/identity/random.js";
import type { Question, QuestionSource } from "./questions.js";
import type { Reply } from "./send.js";
import { NoAnswer, send } from "./send.js";

/** A tenant and its token. */
export interface Tenant {
  readonly name: string;
  readonly token: string;
}

/** One request of a client, from its first try to its answer. */
export interface Asked {
  readonly tenant: Tenant;
  readonly requestId: string;
  readonly question: Question;
  readonly budgetMs: number | null;
  /** Seconds from the first try to the answer. */
  seconds: number;
  tries: number;
  /** Null: the client gave up. */
  reply: Reply | null;
}

/** What clients saw. */
export interface Ledger {
  readonly asked: readonly Asked[];
  /** Responses that were no answer, by code. */
  readonly errors: ReadonlyMap<string, number>;
  /** Requests sent again under an id that had an answer, or twice at once. */
  readonly repeats: number;
  /** Requests with another body under a used id. */
  readonly conflicts: number;
  /** What must never happen. */
  readonly broken: readonly string[];
}

/** How clients behave. */
export interface ClientsOptions {
  readonly url: string;
  readonly clients: number;
  readonly tenants: readonly Tenant[];
  readonly source: QuestionSource;
  readonly seed: number;
  /** When clients send their last request, by `performance.now()`. */
  readonly until: number;
  /** When they give up waiting for its answer. */
  readonly giveUp: number;
}

/** Shares of requests: with a budget, sent twice at once, asked again, asked something else under the same id, with a question that was asked before. */
const SHARES = { budget: 0.2, twice: 0.03, again: 0.1, other: 0.02, known: 0.15 } as const;

const BUDGETS_MS = [1_000, 5_000, 30_000] as const;

/** Pause before a request that got no answer is sent again, milliseconds, if the response names none. */
const PAUSE_MS = 500;

/**
 * Runs clients until the time is over. Each asks, waits for the answer, asks again with the same id if there is none,
 * and goes on with its next request.
 */
export async function runClients(options: ClientsOptions): Promise<Ledger> {
  const { clients, tenants, source, seed } = options;
  const random = createRandom(seed);
  const asked: Asked[] = [];
  const errors = new Map<string, number>();
  const broken: string[] = [];
  const count = { repeats: 0, conflicts: 0 };
  const chance = (share: number) => random() < share;
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;

  function next(): Asked {
    const known = asked.length > 0 && chance(SHARES.known) ? pick(asked).question : null;
    const tenant = pick(tenants);
    const entry: Asked = {
      tenant,
      // Tenants use the same ids.
      requestId: `request-${asked.filter((each) => each.tenant === tenant).length}`,
      question: known ?? source.draw().question,
      budgetMs: chance(SHARES.budget) ? pick(BUDGETS_MS) : null,
      ...{ seconds: Number.NaN, tries: 0, reply: null },
    };
    asked.push(entry);
    return entry;
  }

  async function ask(entry: Asked): Promise<Reply | null> {
    while (performance.now() < options.giveUp) {
      entry.tries += 1;
      try {
        return await post(options.url, entry);
      } catch (error) {
        if (!(error instanceof NoAnswer)) throw error;
        errors.set(error.code, (errors.get(error.code) ?? 0) + 1);
        if (isDefect(error)) broken.push(`${describe(entry)}: ${error.status ?? 0} ${error.code}`);
        await sleep(error.retryAfter === null ? PAUSE_MS : error.retryAfter * 1000);
      }
    }
    return null;
  }

  async function askAgain(entry: Asked): Promise<void> {
    count.repeats += 1;
    const reply = await ask(entry);
    if (reply !== null && !isSame(reply, entry.reply)) {
      broken.push(`${describe(entry)}: another answer when asked again`);
    }
  }

  async function askOther(entry: Asked): Promise<void> {
    count.conflicts += 1;
    const other = { ...entry, question: source.draw().question };
    try {
      await post(options.url, other);
      broken.push(`${describe(entry)}: an answer to another question under its id`);
    } catch (error) {
      // A connection may be lost at any time.
      if (error instanceof NoAnswer && (error.status === null || error.status >= 500)) return;
      if (error instanceof NoAnswer && error.status === 409) return;
      broken.push(`${describe(entry)}: ${String(error)} for another question under its id`);
    }
  }

  async function runClient(): Promise<void> {
    while (performance.now() < options.until) {
      const entry = next();
      const began = performance.now();
      const twin = chance(SHARES.twice) ? ask(entry) : null;
      if (twin !== null) count.repeats += 1;
      const [isAskedAgain, isOtherAsked] = [chance(SHARES.again), chance(SHARES.other)];
      entry.reply = await ask(entry);
      entry.seconds = (performance.now() - began) / 1000;
      const second = await twin;
      if (second && !isSame(second, entry.reply)) {
        broken.push(`${describe(entry)}: two answers when asked twice at once`);
      }
      if (entry.reply === null) continue;
      if (isAskedAgain) await askAgain(entry);
      if (isOtherAsked) await askOther(entry);
    }
  }

  await Promise.all(Array.from({ length: clients }, runClient));
  return { asked, errors, ...count, broken };
}

/** Sends a client's request once. Throws `NoAnswer`. */
export function post(
  url: string,
  { tenant, requestId, question, budgetMs }: Asked,
): Promise<Reply> {
  return send(`${url}/chat/completions`, question, {
    authorization: `Bearer ${tenant.token}`,
    "x-request-id": requestId,
    ...(budgetMs === null ? {} : { "x-whetstone-budget-ms": String(budgetMs) }),
  });
}

/** A request as a message names it. */
export function describe({ tenant, requestId }: Asked): string {
  return `${tenant.name}/${requestId}`;
}

/** Whether two replies are equal, character by character. */
export function isSame(left: Reply, right: Reply | null): boolean {
  return left.text === right?.text && left.from === right.from;
}

/** An error that no fault excuses: the endpoint knows no code for it, or blames a correct request. */
function isDefect({ code, status }: NoAnswer): boolean {
  return status !== null && (status < 500 || code === "UNEXPECTED" || code === "UNREADABLE");
}
