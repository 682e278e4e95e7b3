import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** Forbids imports of the named top-level folders: layers point one way. */
function forbidLayers(files, folders, extraPaths = []) {
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: folders.map((folder) => ({
            regex: `^(\\.\\./)+${folder}/`,
            message: `This layer must not import ${folder}/.`,
          })),
          paths: extraPaths,
        },
      ],
    },
  };
}

const upper = ["activities", "workers", "cli", "report", "infra", "workflows"];
const middle = ["datasets", "store", "engine-client", "sampler", "planning"];

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
    // Checked by tsc with the DOM's types.
    files: ["report/page/browser/*.js"],
    rules: { "no-undef": "off" },
  },
  forbidLayers(["domain/**/*.ts"], [...upper, ...middle, "prompts"]),
  forbidLayers(["prompts/**/*.ts"], [...upper, ...middle]),
  forbidLayers(
    ["datasets/**/*.ts", "store/**/*.ts", "engine-client/**/*.ts", "sampler/**/*.ts"],
    upper,
  ),
  {
    files: ["workflows/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { regex: "^node:", message: "Workflow code is deterministic: no node built-ins." },
            { regex: "^(zod|pino)", message: "Workflow code has no zod and no logger but `log`." },
            {
              regex:
                "^(\\.\\./)+(activities|store|engine-client|sampler|datasets|planning|infra|workers|cli|report)/",
              allowTypeImports: true,
              message: "Workflows import only domain and types.",
            },
          ],
        },
      ],
    },
  },
  {
    files: ["test/**/*.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
