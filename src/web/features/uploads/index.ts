import { uploadsForCurrent } from "./browser.ts";
import { choose } from "./pick.ts";

export { UploadTargetProvider, useUploads } from "./context.tsx";
export { DropZone } from "./drop-zone.tsx";
export { UploadsInline } from "./inline.tsx";
export { UploadTray } from "./tray.tsx";
export type { UploadItem, UploadSource, UploadTotals } from "./model.ts";

/** Let the person choose files (or one folder) and upload them into a folder of their spaces. */
export async function pickFiles(folderId: number, options: { readonly folder?: boolean } = {}): Promise<void> {
  const sources = await choose(options.folder ?? false);
  if (sources.length > 0) uploadsForCurrent().enqueue(sources, folderId);
}
