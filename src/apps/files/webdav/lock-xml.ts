import type { Lock } from "./repository.ts";

export const supportedLockXml =
  "<d:supportedlock>" +
  ["exclusive", "shared"]
    .map(
      (scope) =>
        `<d:lockentry><d:lockscope><d:${scope}/></d:lockscope><d:locktype><d:write/></d:locktype></d:lockentry>`,
    )
    .join("") +
  "</d:supportedlock>";

/** The `lockdiscovery` property (RFC 4918 §15.8); `rootHref` is the URL path of the node a lock was taken on. */
export function lockDiscoveryXml(locks: readonly Lock[], nowMs: number, rootHref: (nodeId: number) => string): string {
  if (locks.length === 0) return "<d:lockdiscovery/>";
  const active = locks.map(
    (lock) =>
      `<d:activelock><d:locktype><d:write/></d:locktype>` +
      `<d:lockscope>${lock.isExclusive ? "<d:exclusive/>" : "<d:shared/>"}</d:lockscope>` +
      `<d:depth>${lock.isDeep ? "infinity" : "0"}</d:depth>${lock.ownerXml}` +
      `<d:timeout>Second-${Math.max(0, Math.ceil((lock.expiresAtMs - nowMs) / 1000))}</d:timeout>` +
      `<d:locktoken><d:href>${lock.token}</d:href></d:locktoken>` +
      `<d:lockroot><d:href>${rootHref(lock.nodeId)}</d:href></d:lockroot></d:activelock>`,
  );
  return `<d:lockdiscovery>${active.join("")}</d:lockdiscovery>`;
}
