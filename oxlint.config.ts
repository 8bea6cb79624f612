import { defineConfig } from "oxlint";
import { layers } from "./architecture.ts";
import { architectureOverrides } from "./scripts/house/lint-rules.ts";

const testFiles = ["**/*.test.ts", "**/*.test.tsx", "test/**"];
const commandLine = ["src/cli.ts", "src/cli/**", "src/web/build*.ts", "scripts/**", "bench/**", "test/**"];

/** `test.only` and the like: a test that does not run proves nothing. A missing tool is said by `needs:`, see test/README.md. */
const offTests = ["test", "it", "describe"].flatMap((object) =>
  ["only", "skip", "todo", "if", "skipIf", "todoIf", "failing"].map((property) => ({
    object,
    property,
    message: "Every test runs; a test that needs a tool says so in a `needs:` line.",
  })),
);

/** Advice for React's compiler, which is not in use; the browser test and axe judge the page itself. */
const compilerAdvice = Object.fromEntries(
  [
    "globals",
    "immutability",
    "incompatible-library",
    "preserve-manual-memoization",
    "purity",
    "refs",
    "set-state-in-effect",
  ].map((rule) => [`react/${rule}`, "off" as const]),
);

export default defineConfig({
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "node", "promise", "react"],
  jsPlugins: ["./scripts/house/lint-plugin.ts"],
  categories: { correctness: "error" },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: "error" },
  ignorePatterns: ["dist/**", "data/**"],
  rules: {
    "eslint/eqeqeq": ["error", "always", { null: "ignore" }],
    "eslint/max-lines": ["error", { max: 400 }],
    "house/function-lines": ["error", { max: 60 }],
    "eslint/no-console": "error",
    "eslint/no-restricted-properties": ["error"],
    "eslint/no-var": "error",
    "eslint/no-warning-comments": ["error", { terms: ["todo", "fixme", "hack"], location: "anywhere" }],
    "eslint/prefer-const": "error",
    "import/no-cycle": "error",
    "import/no-default-export": "error",
    "typescript/consistent-type-imports": "error",
    "typescript/no-explicit-any": "error",
    "typescript/no-floating-promises": "error",
    "typescript/no-misused-promises": "error",
    "typescript/no-non-null-assertion": "error",
    "react/rules-of-hooks": "error",
    ...compilerAdvice,
    // `...["-i", path]` keeps an option of a command line and its value together.
    "unicorn/no-useless-spread": "off",
    // Code points are what a byte limit cuts between.
    "typescript/no-misused-spread": "off",
    // A redirect is thrown by the router's own design.
    "typescript/only-throw-error": [
      "error",
      { allow: [{ from: "package", package: "@tanstack/router-core", name: "Redirect" }] },
    ],
    // Services are records of closures: there is no `this` to lose.
    "typescript/unbound-method": "off",
    "typescript/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
  },
  overrides: [
    // JSX states structure, one element a line: a component or hook of this length is still read at a glance.
    {
      files: ["src/web/**/*.tsx", "src/web/**/use-*.ts"],
      rules: { "house/function-lines": ["error", { max: 120 }] },
    },
    // The composition root is a list of the parts, read from top to bottom.
    { files: ["src/main.ts", "src/main/**"], rules: { "house/function-lines": ["error", { max: 120 }] } },
    { files: commandLine, rules: { "eslint/no-console": "off" } },
    ...architectureOverrides(layers),
    {
      files: testFiles,
      rules: {
        "house/function-lines": "off",
        "eslint/no-console": "off",
        "eslint/no-restricted-properties": ["error", ...offTests],
        "typescript/no-non-null-assertion": "off",
        // `useX` of the test kit is no hook of React.
        "react/rules-of-hooks": "off",
        "typescript/require-array-sort-compare": "off",
        // The types of bun:test hide that `expect(…).rejects` is a promise.
        "typescript/await-thenable": "off",
      },
    },
    // Tables and SQL: one row or statement after the other, read by looking up.
    { files: ["src/**/migrations/**"], rules: { "eslint/max-lines": "off" } },
    { files: ["src/**/repository.ts"], rules: { "house/function-lines": "off" } },
    { files: ["*.config.ts", "scripts/house/lint-plugin.ts"], rules: { "import/no-default-export": "off" } },
  ],
});
