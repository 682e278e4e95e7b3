/** Steps whose values are stored under a key. */
export type KeyedStep =
  "score" | "channel" | "tokens" | "synthesize" | "train" | "held-back" | "fine-tune" | "answer";

/**
 * The cases in which a field enters a step's key. "grounded": pairs start from the model's own answer; "named": its
 * tool is chosen by an estimator; "constrained": a grammar forces the pair's shape; "copied": the copy rule works on
 * the answer; "several": there is more than one; "verified": an estimator must prefer the pair's tool; "forced": the
 * answer's first name is given.
 */
export type Case =
  "always" | "grounded" | "named" | "constrained" | "copied" | "several" | "verified" | "forced";

/** How one field of a resolved config affects results. */
export interface Field<Value> {
  /** Value of an omitted field; absent: the field stays omitted. */
  readonly default?: Value;
  /** Whether it enters the config hash: sweeps that differ in it are not comparable. */
  readonly hash: boolean;
  /** The steps whose keys it enters, each with the cases in which it does. */
  readonly keys: Readonly<Partial<Record<KeyedStep, readonly Case[]>>>;
  /** Why it enters no step's key. */
  readonly because?: string;
}

/** A declaration for every field of a spec. */
export type Fields<Spec> = { readonly [Name in keyof Required<Spec>]: Field<Required<Spec>[Name]> };

/** Names of the fields that enter the key of a step in a case. */
type Entering<Declared, Step extends KeyedStep, When extends Case> = {
  [Name in keyof Declared]: Declared[Name] extends {
    readonly keys: { readonly [S in Step]: readonly (infer Cases)[] };
  }
    ? When extends Cases
      ? Name
      : never
    : never;
}[keyof Declared];

/** Returns the part of a spec that enters the key of a step, in a case; omits absent fields. */
export function pickForKey<
  Spec extends object,
  Declared extends Fields<Spec>,
  Step extends KeyedStep,
  When extends Case = "always",
>(
  spec: Spec,
  declared: Declared,
  step: Step,
  when?: When,
): Pick<Spec, Entering<Declared, Step, When> & keyof Spec> {
  const wanted: Case = when ?? "always";
  return pick(spec, declared, ({ keys }) => keys[step]?.includes(wanted) === true) as Pick<
    Spec,
    Entering<Declared, Step, When> & keyof Spec
  >;
}

/** Names of the fields that enter the config hash. */
export type Hashed<Declared> = {
  [Name in keyof Declared]: Declared[Name] extends { readonly hash: true } ? Name : never;
}[keyof Declared];

/** Returns the part of a spec that enters the config hash; omits absent fields. */
export function pickForHash<Spec extends object, Declared extends Fields<Spec>>(
  spec: Spec,
  declared: Declared,
): Pick<Spec, Hashed<Declared> & keyof Spec> {
  return pick(spec, declared, ({ hash }) => hash) as Pick<Spec, Hashed<Declared> & keyof Spec>;
}

/** Returns the declared defaults. */
export function defaultsOf<Declared extends Readonly<Record<string, Field<unknown>>>>(
  declared: Declared,
): {
  readonly [
    Name in keyof Declared as Declared[Name] extends { readonly default: unknown } ? Name : never
  ]: Declared[Name] extends { readonly default: infer Value } ? Value : never;
} {
  const entries = Object.entries(declared).filter(([, field]) => "default" in field);
  return Object.fromEntries(entries.map(([name, field]) => [name, field.default])) as never;
}

function pick<Spec extends object>(
  spec: Spec,
  declared: Fields<Spec>,
  wants: (field: Field<unknown>) => boolean,
): Partial<Spec> {
  const names = (Object.keys(declared) as (keyof Spec)[]).filter((name) => wants(declared[name]));
  return Object.fromEntries(
    names.filter((name) => spec[name] !== undefined).map((name) => [name, spec[name]]),
  ) as Partial<Spec>;
}
