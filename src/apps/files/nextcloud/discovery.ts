import type { Route } from "#platform/http";
import { fullVersion, productName, versionString } from "./version.ts";

const status = JSON.stringify({
  installed: true,
  maintenance: false,
  needsDbUpgrade: false,
  version: fullVersion,
  versionstring: versionString,
  edition: "",
  productname: productName,
  productversion: versionString,
  extendedSupport: false,
});

/** The first question of every client, asked without credentials. */
export const statusRoute: Route = {
  prefix: "/status.php",
  handle: (request, { path }) => {
    if (path !== "/status.php") return new Response(null, { status: 404 });
    const headers = {
      "content-type": "application/json",
      "cache-control": "no-store",
      "access-control-allow-origin": "*",
    };
    return new Response(request.method === "HEAD" ? null : status, { headers });
  },
};
