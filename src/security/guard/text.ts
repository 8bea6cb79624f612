import { z } from "zod";
import { AppError } from "#platform/errors";
import { RuleDocument } from "./contract.ts";

/** The document as a person can keep and edit it. */
export async function renderDocument(document: RuleDocument, format: "yaml" | "json"): Promise<string> {
  if (format === "json") return `${JSON.stringify(document, null, 2)}\n`;
  const { stringify } = await import("yaml");
  return `# Rules of Hearth's application firewall. Import them on the security page.\n${stringify(document)}`;
}

/** JSON Schema (2020-12) of the text. */
export function renderSchema(): string {
  const schema = z.toJSONSchema(RuleDocument, { io: "input", unrepresentable: "any" });
  return `${JSON.stringify({ ...schema, title: "Hearth's firewall rules" }, null, 2)}\n`;
}

/** YAML, of which JSON is a part. Throws `bad-request` that names what is wrong and where. */
export async function readDocument(text: string): Promise<RuleDocument> {
  const { parse } = await import("yaml");
  let value: unknown;
  try {
    value = parse(text, { maxAliasCount: 50 });
  } catch (cause) {
    throw new AppError("bad-request", cause instanceof Error ? cause.message : "This is neither YAML nor JSON.", {
      cause,
    });
  }
  const parsed = RuleDocument.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError("bad-request", z.prettifyError(parsed.error), { cause: parsed.error });
}
