import type { UploadSource } from "./model.ts";
import { sourcesOf } from "./walk.ts";

/** Let the person choose files, or one folder with everything in it. Nothing chosen is an empty list. */
export function choose(folder: boolean): Promise<UploadSource[]> {
  const input = document.createElement("input");
  input.type = "file";
  input.multiple = true;
  input.webkitdirectory = folder;
  input.hidden = true;
  document.body.append(input);
  return new Promise((resolve) => {
    const settle = (): void => {
      input.remove();
      resolve(sourcesOf([...(input.files ?? [])]));
    };
    input.addEventListener("change", settle);
    input.addEventListener("cancel", settle);
    input.click();
  });
}
