import js from "@eslint/js";
import tseslint from "typescript-eslint";

/**
 * What each folder may import besides itself, type imports included. Every folder of code has a row, and each row names
 * only rows above it, so there are no circles.
 */
export const layers = {
  domain: [],
  contracts: ["domain"],
  prompts: ["domain"],
  "engine-client": ["domain"],
  datasets: ["domain"],
  store: ["domain"],
  sampler: ["domain", "engine-client"],
  infra: ["domain", "contracts"],
  planning: ["domain", "prompts", "engine-client", "datasets", "store", "infra"],
  workflows: ["domain", "contracts"],
  activities: ["domain", "contracts", "prompts", "engine-client", "store", "sampler"],
  workers: ["domain", "contracts", "engine-client", "store", "infra", "activities"],
  report: ["domain", "store", "infra"],
  archive: ["domain", "datasets", "store", "infra"],
  serving: ["domain", "contracts", "datasets", "store", "infra", "planning"],
  cli: [
    "domain",
    "contracts",
    "datasets",
    "store",
    "infra",
    "planning",
    "workers",
    "report",
    "archive",
    "serving",
  ],
  models: ["domain", "prompts"],
  examples: [],
  configs: ["domain", "infra", "report"],
  docs: ["domain", "datasets", "report"],
};

/** Forbids the imports that a folder's row does not allow. */
function restrictImports(folder, extra = []) {
  const allowed = [folder, ...layers[folder]];
  const forbidden = Object.keys(layers).filter((other) => !allowed.includes(other));
  return {
    files: [`${folder}/**/*.{ts,mjs}`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            ...forbidden.map((other) => ({
              regex: `^(\\.\\./)+${other}/`,
              message: `${folder}/ must not import ${other}/; see the table of layers in eslint.config.js.`,
            })),
            ...extra,
          ],
        },
      ],
    },
  };
}

/** Workflow code runs in Temporal's deterministic sandbox. */
const sandbox = [
  { regex: "^node:", message: "Workflow code is deterministic: no node built-ins." },
  {
    regex: "^(zod|pino)",
    message: "Workflow code uses neither zod nor a logger other than `log`.",
  },
];

export default tseslint.config(
  {
    ignores: ["node_modules/", "dist/", "engine/", ".whetstone/", "coverage/"],
  },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        projectService: { allowDefaultProject: ["*.js", "bin/*.mjs", "infra/*.mjs"] },
      },
    },
    rules: {
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-non-null-assertion": "error",
    },
  },
  {
    files: ["**/*.js", "**/*.mjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: {
        process: "readonly",
        console: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
      },
    },
  },
  {
    files: ["**/*.cjs"],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      sourceType: "commonjs",
      globals: { require: "readonly", exports: "readonly" },
    },
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      "@typescript-eslint/no-require-imports": "off",
    },
  },
  {
    // Checked by tsc with the DOM's types.
    files: ["report/page/browser/*.js", "examples/assistant/page/*.js"],
    rules: { "no-undef": "off" },
  },
  ...Object.keys(layers).map((folder) =>
    restrictImports(folder, folder === "workflows" ? sandbox : []),
  ),
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
