import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { configJsonSchema } from "./schema.ts";

test("docs/hearth.schema.json is what the program checks (mended by: npm run docs)", () => {
  const page = new URL("../../../docs/hearth.schema.json", import.meta.url).pathname;
  expect(JSON.parse(readFileSync(page, "utf8"))).toEqual(configJsonSchema());
});

test("every leaf of the schema says what it is for", () => {
  interface Node {
    readonly description?: string;
    readonly type?: string;
    readonly properties?: Readonly<Record<string, Node>>;
  }
  const leaves = (node: Node, path: string): string[] =>
    node.properties === undefined
      ? [node.description === undefined ? `${path} lacks a description` : ""]
      : Object.entries(node.properties).flatMap(([name, child]) =>
          child.description === undefined ? leaves(child, `${path}.${name}`) : [],
        );
  expect(leaves(configJsonSchema(), "").filter((line) => line !== "")).toEqual([]);
});
