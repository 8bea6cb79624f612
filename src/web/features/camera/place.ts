import { camera as t } from "#web/strings/camera.ts";

/** Where a file of a device goes below the home: pictures and videos by year and month, everything else in one folder. */
export function placeOf(file: Pick<File, "name" | "type" | "lastModified">): string {
  if (!/^(image|video)\//.test(file.type)) return `${t.otherFolder}/${file.name}`;
  const taken = new Date(file.lastModified);
  const month = String(taken.getMonth() + 1).padStart(2, "0");
  return `${t.folder}/${taken.getFullYear()}/${month}/${file.name}`;
}
