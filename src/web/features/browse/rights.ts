import type { Node } from "#contract/apps/files/browse";

/** What can be done here, by the rights of the folder and of what is selected. */
export interface Rights {
  /** New entries may be put into the folder. */
  readonly canAdd: boolean;
  /** Everything that is selected may be changed and may leave its folder. */
  readonly canChange: boolean;
  /** Others may be let into what is selected, or into the folder. */
  readonly canShare: boolean;
  /** Who has access to it may be looked at. */
  readonly canSeeAccess: boolean;
}

type Party = Pick<Node, "canWrite" | "canShare">;

/** `seesPeople`: the caller may know who has an account here. */
export function rightsOf(folder: Party | undefined, selected: readonly Party[], seesPeople: boolean): Rights {
  const canAdd = folder?.canWrite ?? false;
  const target = selected.length === 0 ? folder : selected.length === 1 ? selected[0] : undefined;
  const canShare = target?.canShare ?? false;
  return {
    canAdd,
    canChange: canAdd && selected.length > 0 && selected.every((node) => node.canWrite),
    canShare,
    canSeeAccess: canShare || (target !== undefined && seesPeople),
  };
}
