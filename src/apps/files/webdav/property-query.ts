import { AppError } from "#platform/errors";
import type { NodeInfo } from "#storage/primary";
import type { LiveProperty, PropertySource, PropertyTable } from "./live-properties.ts";
import type { DeadProperty } from "./repository.ts";
import type { ListingQuery } from "./surface.ts";
import { davChild, isDav, type XmlElement } from "./xml-read.ts";
import { escapeXml, prefixes } from "./xml-write.ts";

/** Which properties a PROPFIND asks for, ready to render rows. */
export interface PropertyQuery extends ListingQuery {
  /** All `propstat` elements of one node. */
  readonly render: (node: NodeInfo, dead: readonly DeadProperty[], source: PropertySource) => string;
}

const maxNames = 500;
const okOpen = "<d:propstat><d:prop>";
const okClose = "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>";
const missingClose = "</d:prop><d:status>HTTP/1.1 404 Not Found</d:status></d:propstat>";

/** Reads the body of a PROPFIND (RFC 4918 §14.20); no body means `allprop`. Throws `bad-request`. */
export function readPropertyQuery(root: XmlElement | undefined, table: PropertyTable): PropertyQuery {
  if (root === undefined) return allProperties(table, []);
  if (!isDav(root, "propfind")) throw new AppError("bad-request", "The body is no propfind element.");
  const kinds = root.children.filter((child) => ["prop", "allprop", "propname"].some((name) => isDav(child, name)));
  const [kind] = kinds;
  if (kind === undefined || kinds.length > 1) {
    throw new AppError("bad-request", "A propfind asks for prop, allprop or propname.");
  }
  if (kind.children.length > maxNames) throw new AppError("bad-request", "Too many properties are asked for.");
  if (kind.name === "prop") return namedProperties(table, kind.children);
  if (kind.name === "propname") return propertyNames(table);
  return allProperties(table, davChild(root, "include")?.children ?? []);
}

interface Wanted {
  readonly namespace: string;
  readonly name: string;
  readonly live: LiveProperty | undefined;
  readonly missingXml: string;
}

function wantedOf(table: PropertyTable, { namespace, name }: Pick<XmlElement, "namespace" | "name">): Wanted {
  return { namespace, name, live: table.find(namespace, name), missingXml: emptyElement(namespace, name) };
}

/** An element of a known namespace has its prefix: some clients compare names with it as text. */
export function emptyElement(namespace: string, name: string): string {
  const prefix = prefixes.get(namespace);
  return prefix === undefined ? `<${name} xmlns="${escapeXml(namespace)}"/>` : `<${prefix}:${name}/>`;
}

function namedProperties(table: PropertyTable, elements: readonly XmlElement[]): PropertyQuery {
  const wanted = elements.map((element) => wantedOf(table, element));
  const asks = (name: string) => wanted.some(({ live }) => live?.name.startsWith(name) === true);
  return {
    wantsDead: wanted.some(({ live }) => live === undefined),
    wantsLocks: asks("lock"),
    wantsQuota: asks("quota-"),
    wantsPeople: asks("owner-"),
    render: (node, dead, source) => {
      let found = "";
      let missing = "";
      for (const { live, namespace, name, missingXml } of wanted) {
        const xml =
          live === undefined
            ? dead.find((property) => property.name === name && property.namespace === namespace)?.xml
            : live.render(node, source);
        if (xml === undefined) missing += missingXml;
        else found += xml;
      }
      if (missing === "") return okOpen + found + okClose;
      const rest = okOpen + missing + missingClose;
      return found === "" ? rest : okOpen + found + okClose + rest;
    },
  };
}

function allProperties(table: PropertyTable, included: readonly XmlElement[]): PropertyQuery {
  const wanted = included.map((element) => wantedOf(table, element));
  const extra = wanted.flatMap(({ live }) => (live === undefined || live.isCommon ? [] : [live]));
  const live = [...table.all.filter(({ isCommon }) => isCommon), ...extra];
  return {
    wantsDead: true,
    wantsLocks: true,
    wantsQuota: extra.some(({ name }) => name.startsWith("quota-")),
    wantsPeople: extra.some(({ name }) => name.startsWith("owner-")),
    render: (node, dead, source) => {
      let found = okOpen;
      for (const property of live) found += property.render(node, source) ?? "";
      for (const { xml } of dead) found += xml;
      return found + okClose;
    },
  };
}

function propertyNames(table: PropertyTable): PropertyQuery {
  return {
    wantsDead: true,
    wantsLocks: false,
    wantsQuota: true,
    wantsPeople: true,
    render: (node, dead, source) => {
      let found = okOpen;
      for (const { namespace, name, render } of table.all) {
        if (render(node, source) !== undefined) found += emptyElement(namespace, name);
      }
      for (const { namespace, name } of dead) found += emptyElement(namespace, name);
      return found + okClose;
    },
  };
}
