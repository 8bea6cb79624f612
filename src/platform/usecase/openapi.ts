import { z } from "zod";
import type { Implementation } from "./implement.ts";

/** OpenAPI 3.1 document of all operations, each as `POST /api/<name>`. */
export function renderOpenApi(implementations: Iterable<Implementation>): unknown {
  const paths: Record<string, unknown> = {};
  for (const { name, operation } of implementations) {
    paths[`/api/${name}`] = {
      post: {
        operationId: name,
        summary: operation.summary,
        tags: [name.split(".")[0]],
        "x-permission": operation.permission,
        requestBody: { required: true, content: jsonOf(operation.input, "input") },
        responses: {
          "200": { description: "Done", content: jsonOf(operation.output, "output") },
          default: { description: "Problem (RFC 9457)", content: { "application/problem+json": {} } },
        },
      },
    };
  }
  return { openapi: "3.1.0", info: { title: "Hearth", version: "1" }, paths };
}

function jsonOf(schema: z.ZodType, io: "input" | "output"): unknown {
  return { "application/json": { schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }) } };
}
