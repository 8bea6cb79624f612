import type { Node } from "#contract/apps/files/browse";

/** What can be done here, by the rights of the folder and of what is selected. */
export interface Rights {
  /** New entries may be put into the folder. */
  readonly canAdd: boolean;
  /** Everything that is selected may be changed and may leave its folder. */
  readonly canChange: boolean;
  /** Others may be let into what is selected, or into the folder. */
  readonly canShare: boolean;
}

type Party = Pick<Node, "canWrite" | "canShare">;

export function rightsOf(folder: Party | undefined, selected: readonly Party[]): Rights {
  const canAdd = folder?.canWrite ?? false;
  const target = selected.length === 0 ? folder : selected.length === 1 ? selected[0] : undefined;
  return {
    canAdd,
    canChange: canAdd && selected.length > 0 && selected.every((node) => node.canWrite),
    canShare: target?.canShare ?? false,
  };
}
