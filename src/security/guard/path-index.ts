import { addBit, type Bits, emptyBits } from "./bits.ts";

/** Which rules can match a path, told by its beginning alone. */
export type PathIndex = (path: string) => Bits;

interface Node {
  readonly children: Map<string, Node>;
  /** Rules whose literal prefix ends here or above. */
  readonly bits: Bits;
}

/**
 * A tree of literal prefixes, cut into pieces after each `/` and `.`. `prefixes[i]` are those of rule i; undefined matches
 * every path. What is left of a prefix after its last whole piece is not looked at here.
 */
export function createPathIndex(prefixes: readonly (readonly string[] | undefined)[]): PathIndex {
  const root: Node = { children: new Map(), bits: emptyBits(prefixes.length) };
  prefixes.forEach((ofRule, rule) => {
    if (ofRule === undefined) addBit(root.bits, rule);
  });
  const nodes = new Map<Node, number[]>();
  const nodeFor = (prefix: string): Node => {
    let node = root;
    for (const piece of wholePieces(prefix)) {
      let child = node.children.get(piece);
      if (child === undefined) {
        child = { children: new Map(), bits: emptyBits(prefixes.length) };
        node.children.set(piece, child);
      }
      node = child;
    }
    return node;
  };
  prefixes.forEach((ofRule, rule) => {
    for (const prefix of ofRule ?? []) {
      const node = nodeFor(prefix);
      const rules = nodes.get(node);
      if (rules === undefined) nodes.set(node, [rule]);
      else rules.push(rule);
    }
  });
  inherit(root, root.bits, nodes);
  return (path) => find(root, path);
}

function wholePieces(prefix: string): string[] {
  return prefix.match(/[^/.]*[/.]/g) ?? [];
}

/** Fills the bits from the top down: what holds for a beginning holds for everything that goes on from it. */
function inherit(node: Node, above: Bits, rules: ReadonlyMap<Node, readonly number[]>): void {
  if (node.bits !== above) node.bits.set(above);
  for (const rule of rules.get(node) ?? []) addBit(node.bits, rule);
  for (const child of node.children.values()) inherit(child, node.bits, rules);
}

const slash = 0x2f;
const dot = 0x2e;

function find(root: Node, path: string): Bits {
  let node = root;
  let start = 0;
  for (let at = 0; at < path.length && node.children.size > 0; at += 1) {
    const code = path.charCodeAt(at);
    if (code !== slash && code !== dot) continue;
    const child = node.children.get(path.slice(start, at + 1));
    if (child === undefined) return node.bits;
    node = child;
    start = at + 1;
  }
  if (start === path.length) return node.bits;
  return (node.children.get(`${path.slice(start)}/`) ?? node).bits;
}
