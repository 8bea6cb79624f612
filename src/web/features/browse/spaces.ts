import { useQuery } from "@tanstack/react-query";
import type { Node, Space } from "#contract/apps/files/browse";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";

export interface LabelledSpace extends Space {
  /** What a person calls it: the home is "My files". */
  readonly label: string;
}

/** The caller's spaces; undefined while they load. */
export function useSpaces(): readonly LabelledSpace[] | undefined {
  const { data } = useQuery({
    ...query("files.spaces", {}),
    select: ({ spaces }) =>
      spaces.map((space) => ({ ...space, label: space.kind === "home" ? strings.browse.myFiles : space.name })),
  });
  return data;
}

export interface Crumb {
  readonly id: number;
  readonly name: string;
}

/** The way to a folder, the folder itself last and the root called by its space. */
export function crumbsOf(
  path: readonly Crumb[],
  folder: Node | undefined,
  spaces: readonly LabelledSpace[] = [],
): readonly Crumb[] {
  const whole = folder && path.at(-1)?.id !== folder.id ? [...path, { id: folder.id, name: folder.name }] : path;
  return whole.map((crumb) => ({
    id: crumb.id,
    name: spaces.find((space) => space.rootId === crumb.id)?.label ?? crumb.name,
  }));
}
