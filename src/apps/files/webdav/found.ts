import type { NodeInfo } from "#storage/primary";
import type { Call } from "./call.ts";
import type { Dav } from "./dav.ts";
import type { PropertyQuery } from "./property-query.ts";
import { createPropertySource } from "./property-source.ts";
import { hrefOfNode } from "./target.ts";
import { multistatusClose, multistatusOpen, xmlResponse } from "./xml-write.ts";

/** The answer to a search: nodes that lie anywhere, in the order given; what the caller finds under no address is left out. */
export function respondWithFound(dav: Dav, call: Call, query: PropertyQuery, nodes: readonly NodeInfo[]): Response {
  const top = call.surface.addresses.href([]);
  const placed = nodes.flatMap((node) => {
    const href = hrefOfNode(dav, call, node.id);
    return href === top ? [] : [{ node, href: node.kind === "folder" ? `${href}/` : href }];
  });
  const rows = placed.map(({ node }) => node);
  const [first] = rows;
  let text = multistatusOpen;
  if (first !== undefined) {
    const own = createPropertySource(dav, call, first);
    const { listing } = call.surface;
    const shown = listing?.found(rows) ?? rows;
    const source = listing?.source(own, shown) ?? own;
    const dead = query.wantsDead ? dav.properties.of(rows.map(({ id }) => id)) : new Map<number, []>();
    for (const [index, { href }] of placed.entries()) {
      const node = shown[index] as NodeInfo;
      text += `<d:response><d:href>${href}</d:href>${query.render(node, dead.get(node.id) ?? [], source)}</d:response>`;
    }
  }
  return xmlResponse(207, text + multistatusClose);
}
