export interface Trashed {
  readonly id: string;
  readonly name: string;
  readonly deletedAtMs: number;
}

const markLength = 8;

/** The name that an item of the trash has in addresses: `file.txt.Xy12Ab34.d1700000000`, its own for as long as it lies there. */
export function trashName({ id, name, deletedAtMs }: Trashed): string {
  return `${name}.${id.slice(0, markLength)}.d${Math.floor(deletedAtMs / 1000)}`;
}
