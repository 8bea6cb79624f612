import { AppError } from "#platform/errors";
import type { HttpHandler, Route } from "#platform/http";

/** `/index.php/…`: exact paths, and prefixes that end with a slash. */
export function indexRoute(handlers: Readonly<Record<string, HttpHandler>>): Route {
  const prefixes = Object.keys(handlers).filter((path) => path.endsWith("/"));
  return {
    prefix: "/index.php/",
    handle: (request, context) => {
      const { path } = context;
      const handler = handlers[path] ?? handlers[prefixes.find((prefix) => path.startsWith(prefix)) ?? ""];
      if (handler === undefined) throw new AppError("not-found");
      return handler(request, context);
    },
  };
}
