import type { Permission } from "#wire";
import type { GuardApp } from "./contract.ts";

/** Prefixes of routes; the first that fits decides. `/api/` and what follows it are looked at apart. */
const prefixes: readonly (readonly [string, GuardApp])[] = [
  ["/dav", "webdav"],
  ["/remote.php", "webdav"],
  ["/ocs/", "webdav"],
  ["/status.php", "webdav"],
  ["/push/", "webdav"],
  // Where an app of a phone or computer gets its app password.
  ["/index.php/login/", "login"],
  ["/index.php/", "webdav"],
  ["/s/", "links"],
  ["/public.php/", "links"],
  ["/media/", "media"],
  ["/rest/", "media"],
  ["/oidc", "oidc"],
  ["/.well-known/openid-configuration", "oidc"],
  ["/pki/", "pki"],
  ["/metrics", "metrics"],
  ["/healthz", "health"],
];
/** Operations by which somebody proves who they are: they stay open where a rule asks for a second factor. */
const loginNouns: ReadonlySet<string> = new Set([
  "session",
  "setup",
  "passkey",
  "totp",
  "factors",
  "recoveryCodes",
  "loginProvider",
  "password",
]);
const adminPermissions: ReadonlySet<Permission> = new Set([
  "people.manage",
  "server.read",
  "server.manage",
  "security.read",
  "security.manage",
]);

export type AppOf = (rawPath: string) => GuardApp;

/** `permissionOf` knows the operations; it is asked once for each. The path is the raw one, by which routes are found. */
export function createAppOf(permissionOf: (operation: string) => Permission | undefined): AppOf {
  const known = new Map<string, GuardApp>();
  const appOfOperation = (name: string): GuardApp => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const permission = permissionOf(name);
    const noun = name.slice(0, name.indexOf("."));
    const app = permission === undefined ? "api" : appOfNoun(noun, permission);
    // Names that are no operation are not remembered: strangers make them up.
    if (permission !== undefined) known.set(name, app);
    return app;
  };
  return (path) => {
    if (path.startsWith("/api/")) {
      if (path.startsWith("/api/files/")) return "files";
      if (path.startsWith("/api/uploads")) return "uploads";
      // The whole log as a file: a route beside the operations.
      if (path.startsWith("/api/audit/")) return "admin";
      return appOfOperation(path.slice(5));
    }
    for (const [prefix, app] of prefixes) if (path.startsWith(prefix)) return app;
    return "page";
  };
}

function appOfNoun(noun: string, permission: Permission): GuardApp {
  if (loginNouns.has(noun)) return "login";
  if (noun === "publicLink") return "links";
  return adminPermissions.has(permission) ? "admin" : "api";
}

/** Where a challenge never stands in the way: it could not be met otherwise. */
export function isOpenToChallenge(app: GuardApp): boolean {
  return app === "page" || app === "login" || app === "health" || app === "pki";
}
