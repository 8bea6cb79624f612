import { z } from "zod";
import { errorTable } from "#wire";
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
        ...(operation.stepUp === true && { "x-step-up": true }),
        requestBody: { required: true, content: jsonOf(operation.input, "input") },
        responses: {
          "200": { description: "Done", content: jsonOf(operation.output, "output") },
          default: { $ref: "#/components/responses/Problem" },
        },
        security: operation.permission === "public" ? [] : [{ session: [] }, { basic: [] }],
      },
    };
  }
  return { openapi: "3.1.0", info: { title: "Hearth", version: "1" }, paths, components };
}

const text = { type: "string" };
const components = {
  responses: {
    Problem: {
      description: "Problem (RFC 9457)",
      content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
    },
  },
  schemas: {
    Problem: {
      type: "object",
      required: ["type", "title", "status", "code", "detail", "id", "retryable"],
      properties: {
        type: text,
        title: text,
        status: { type: "integer" },
        code: { type: "string", enum: Object.keys(errorTable) },
        detail: text,
        id: { type: "string", description: "The same in the server's log." },
        retryable: { type: "boolean" },
      },
    },
  },
  securitySchemes: {
    session: { type: "apiKey", in: "cookie", name: "__Host-hearth", description: "`hearth` without TLS." },
    basic: { type: "http", scheme: "basic", description: "User name and an app password." },
  },
};

function jsonOf(schema: z.ZodType, io: "input" | "output"): unknown {
  return { "application/json": { schema: z.toJSONSchema(schema, { io, unrepresentable: "any" }) } };
}
