import {
  type Call,
  davChild,
  isDav,
  owncloudNamespace,
  readPropertyQuery,
  readXml,
  respondWithFound,
} from "#apps/files/webdav";
import type { XmlElement } from "#apps/files/webdav";
import { AppError } from "#platform/errors";
import type { SurfaceDeps } from "./surface.ts";
import { nextcloudTable } from "./properties.ts";

/** REPORT `oc:filter-files`: what a person has marked; any other filter finds nothing, for apps repeat what is refused. */
export async function reportFavorites(deps: SurfaceDeps, call: Call): Promise<Response> {
  const root = await readXml(call.request);
  if (root === undefined || root.namespace !== owncloudNamespace || root.name !== "filter-files") {
    throw new AppError("unsupported-type", "The report is not known here.");
  }
  const rules = ownChild(root, "filter-rules");
  const wantsFavorites = rules !== undefined && ownChild(rules, "favorite")?.text.trim() === "1";
  const query = readPropertyQuery(selected(davChild(root, "prop")), nextcloudTable);
  const { dav, favorites } = deps;
  const nodes = (wantsFavorites ? [...favorites.of(call.actor.userId)] : [])
    .map((id) => dav.storage.node(id))
    .filter((node) => node !== undefined)
    .filter((node) => dav.access.can(call.actor, "read", { spaceId: node.spaceId, nodeId: node.id }));
  return respondWithFound(dav, call, query, nodes);
}

function ownChild(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.namespace === owncloudNamespace && child.name === name);
}

/** The properties that a search or report asks for, as if a listing asked; undefined asks for the common ones. */
export function selected(prop: XmlElement | undefined): XmlElement | undefined {
  if (prop === undefined || !isDav(prop, "prop")) return undefined;
  return { namespace: "DAV:", name: "propfind", children: [prop], text: "", toXml: () => "" };
}
