import type { Node } from "#contract/apps/files/browse";
import { ProblemError, type Output } from "#web/client.ts";
import type { ClashChoice } from "#web/ui/clash-dialog.tsx";

/** An answer to "the name is taken"; null stops the rest. */
export type ClashAnswer = { readonly choice: ClashChoice; readonly forAll: boolean } | null;

export interface Transferred {
  readonly nodes: readonly Node[];
  /** False when the person stopped in between. */
  readonly complete: boolean;
}

const isClash = (error: unknown): boolean =>
  error instanceof ProblemError && (error.code === "exists" || error.code === "conflict");

/**
 * Moves or copies nodes in one request; when names are taken, goes on one by one and asks, at most once when the answer is meant
 * for all. Any other error is thrown.
 */
export async function transfer(
  nodes: readonly Node[],
  run: (ids: readonly number[], onClash: "fail" | ClashChoice) => Promise<Output<"files.move">>,
  ask: (node: Node, more: boolean) => Promise<ClashAnswer>,
): Promise<Transferred> {
  const done: Node[] = [];
  const whole = await attempt(() =>
    run(
      nodes.map((node) => node.id),
      "fail",
    ),
  );
  if (whole) return { nodes: whole.nodes, complete: true };
  for (const [at, node] of nodes.entries()) {
    // A single node has just been tried.
    const moved = nodes.length > 1 ? await attempt(() => run([node.id], "fail")) : null;
    if (moved) {
      done.push(...moved.nodes);
      continue;
    }
    const rest = nodes.slice(at);
    const answer = await ask(node, rest.length > 1);
    if (!answer) return { nodes: done, complete: false };
    const ids = answer.forAll ? rest.map((each) => each.id) : [node.id];
    done.push(...(await run(ids, answer.choice)).nodes);
    if (answer.forAll) return { nodes: done, complete: true };
  }
  return { nodes: done, complete: true };
}

/** The answer, or null when a name was taken. */
async function attempt(run: () => Promise<Output<"files.move">>): Promise<Output<"files.move"> | null> {
  try {
    return await run();
  } catch (error) {
    if (isClash(error)) return null;
    throw error;
  }
}
