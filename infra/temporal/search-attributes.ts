import { searchAttributes } from "../../contracts/search-attributes.js";

const typeNames: Readonly<Record<string, string>> = {
  KEYWORD: "Keyword",
  INT: "Int",
  DOUBLE: "Double",
};

/**
 * Every search attribute that a namespace needs before a sweep can run in it: name to type, as
 * Temporal's command line writes them (`--search-attribute Name=Type`).
 */
export const searchAttributeTypes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values(searchAttributes).map(({ name, type }) => [name, typeNames[type] ?? type]),
);
