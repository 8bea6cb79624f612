import type { UploadSource } from "./model.ts";
import type { Uploads } from "./uploads.ts";

type AskableHandle = FileSystemHandle & {
  queryPermission?: (options: { mode: "read" }) => Promise<PermissionState>;
  requestPermission?: (options: { mode: "read" }) => Promise<PermissionState>;
};

/** One question of the browser per dropped folder is fair; one per file of many is not. */
const maxQuestions = 5;

/**
 * Open the files of before a reload again by their handles and let their uploads go on. Needs a click, for the browser
 * asks. Answers with the number that go on; the others have to be chosen again.
 */
export async function reopen(uploads: Uploads): Promise<number> {
  const missing = uploads.missingHandles();
  const roots = new Map(missing.map(({ path, handle }) => [`${handle.root.kind}:${path.split("/")[0]}`, handle.root]));
  if (roots.size <= maxQuestions) for (const root of roots.values()) await allow(root);
  const sources: UploadSource[] = [];
  for (const { path, handle } of missing) {
    if (!(await isAllowed(handle.file))) continue;
    const file = await handle.file.getFile().catch(() => null);
    if (file) sources.push({ file, path, handle });
  }
  const unmatched = uploads.giveFiles(sources);
  return sources.length - unmatched.length;
}

async function isAllowed(handle: AskableHandle): Promise<boolean> {
  return (await handle.queryPermission?.({ mode: "read" }).catch(() => "denied")) === "granted";
}

async function allow(handle: AskableHandle): Promise<void> {
  if (!(await isAllowed(handle))) await handle.requestPermission?.({ mode: "read" }).catch(() => "denied");
}
