import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Layer } from "../../architecture.ts";
import type { Finding } from "./module-rules.ts";
import { modulesOf } from "./modules.ts";

const operationName = /^([a-z][a-zA-Z0-9]*)\.[a-z][a-zA-Z0-9]*$/;

/** The operation names of one contract file. */
export interface NamedContract {
  /** Relative to the root of the repository. */
  readonly path: string;
  readonly operations: readonly string[];
}

/** Names are `<noun>.<verb>`, unique in the product, and a noun belongs to one module. */
export function checkOperationNames(contracts: readonly NamedContract[]): Finding[] {
  const findings: Finding[] = [];
  const ownerOfName = new Map<string, string>();
  const ownerOfNoun = new Map<string, string>();
  for (const { path, operations } of contracts) {
    for (const name of operations) {
      const noun = operationName.exec(name)?.[1];
      if (noun === undefined) {
        findings.push({ path, problem: `operation "${name}" is not named <noun>.<verb>` });
        continue;
      }
      const twin = ownerOfName.get(name);
      if (twin !== undefined) findings.push({ path, problem: `operation "${name}" is also in ${twin}` });
      ownerOfName.set(name, path);
      const owner = ownerOfNoun.get(noun) ?? path;
      ownerOfNoun.set(noun, owner);
      if (owner !== path) findings.push({ path, problem: `the noun of "${name}" belongs to ${owner}` });
    }
  }
  return findings;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** Loads every contract of the table; exports whose name ends with `Contract` are its operations. */
async function loadContracts(root: string, layers: readonly Layer[]): Promise<NamedContract[]> {
  const contracts: NamedContract[] = [];
  for (const module of modulesOf(root, layers)) {
    const path = `src/${module.name}/contract.ts`;
    if (!existsSync(join(root, path))) continue;
    const exports: Record<string, unknown> = await import(join(root, path));
    const operations = Object.entries(exports)
      .filter(([name]) => name.endsWith("Contract"))
      .flatMap(([, contract]) => (isRecord(contract) ? Object.keys(contract) : []));
    contracts.push({ path, operations });
  }
  return contracts;
}

/** A module that is all computing answers nobody: its contract is words for the page. */
const computing: ReadonlySet<string> = new Set(["src/apps/media/decide/contract.ts"]);

/** The rules of names over all contracts; a contract without operations is a finding too. */
export async function checkContracts(root: string, layers: readonly Layer[]): Promise<Finding[]> {
  const contracts = await loadContracts(root, layers);
  const empty = contracts
    .filter(({ path, operations }) => operations.length === 0 && !computing.has(path))
    .map(({ path }) => ({ path, problem: "exports no <module>Contract with operations" }));
  return [...empty, ...checkOperationNames(contracts)];
}
