import { mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** Files made from content, in one folder for each content. They can be made again. */
export function createExtraFiles(root: string) {
  const folderOf = (contentKey: string) => {
    // LENGTH-HASH; nothing else ever becomes a path.
    if (!/^[0-9a-z]{1,16}-[0-9a-f]{16,64}$/.test(contentKey)) throw new Error("no key of a content");
    return join(root, contentKey.slice(-2), contentKey);
  };
  const work = join(root, "work");
  return {
    path: (contentKey: string, name: string): string => join(folderOf(contentKey), name),
    /** Undefined when it is not there. */
    read: (contentKey: string, name: string): Promise<Buffer | undefined> =>
      readFile(join(folderOf(contentKey), name)).catch(() => undefined),
    /** Runs work in a new folder and takes over the files that it names, each appearing as a whole. */
    make: async <T>(
      contentKey: string,
      make: (folder: string) => Promise<{ files: readonly string[]; value: T }>,
    ): Promise<T> => {
      mkdirSync(work, { recursive: true });
      const folder = mkdtempSync(join(work, "make-"));
      try {
        const { files, value } = await make(folder);
        const target = folderOf(contentKey);
        await mkdir(target, { recursive: true });
        for (const name of files) renameSync(join(folder, name), join(target, name));
        return value;
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    forget: (contentKey: string): void => rmSync(folderOf(contentKey), { recursive: true, force: true }),
    /** What a crash left behind. */
    clean: (): void => rmSync(work, { recursive: true, force: true }),
  };
}

export type ExtraFiles = ReturnType<typeof createExtraFiles>;
