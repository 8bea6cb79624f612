import type { Db } from "#platform/db";
import { AppError } from "#platform/errors";
import type { DeadProperty, Repository } from "./repository.ts";

const maxPropertiesPerNode = 200;
const maxBytesPerNode = 256 * 1024;

export interface PropertyChange {
  readonly namespace: string;
  readonly name: string;
  /** Undefined removes. */
  readonly xml: string | undefined;
}

/** Properties that clients have set, by node. */
export interface DeadProperties {
  /** Raised by every change. */
  version(): number;
  /** Of many nodes, in one query. */
  of(nodeIds: readonly number[]): ReadonlyMap<number, readonly DeadProperty[]>;
  /** All or none; the caller syncs the database. Throws `quota-exceeded` when a node would hold too much. */
  change(nodeId: number, changes: readonly PropertyChange[]): void;
  copy(pairs: readonly (readonly [number, number])[]): void;
  forget(nodeIds: readonly number[]): void;
}

const none: ReadonlyMap<number, readonly DeadProperty[]> = new Map();

export function createDeadProperties(db: Db, repository: Repository): DeadProperties {
  let version = 0;
  // Most households never set one: then no listing and no copy asks the database.
  let isEmpty = !repository.hasProperties();

  return {
    version: () => version,
    of: (nodeIds) => (isEmpty ? none : Map.groupBy(repository.propertiesOf(nodeIds), ({ nodeId }) => nodeId)),
    change: (nodeId, changes) => {
      db.transaction(() => {
        for (const { namespace, name, xml } of changes) {
          if (xml === undefined) repository.removeProperty(nodeId, namespace, name);
          else repository.setProperty({ nodeId, namespace, name, xml });
        }
        refuseTooMuch(repository.propertiesOf([nodeId]));
      });
      isEmpty = false;
      version += 1;
    },
    copy: (pairs) => {
      if (isEmpty || pairs.length === 0) return;
      if (repository.copyProperties(pairs) > 0) version += 1;
    },
    forget: (nodeIds) => {
      if (!isEmpty && repository.forgetProperties(nodeIds) > 0) version += 1;
    },
  };
}

function refuseTooMuch(held: readonly DeadProperty[]): void {
  const sizeBytes = held.reduce((sum, { xml }) => sum + xml.length, 0);
  if (held.length > maxPropertiesPerNode || sizeBytes > maxBytesPerNode) {
    throw new AppError("quota-exceeded", "Too many properties are set on this file.");
  }
}
