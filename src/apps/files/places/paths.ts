import { AppError } from "#platform/errors";

const maxNameBytes = 255;
const maxDepth = 64;

/**
 * Names of a path below a place. Throws `invalid-name` for what is no plain name: `..`, `.`, empty ones, control characters, and the
 * names that are kept for half files.
 */
export function namesOf(path: string): string[] {
  if (path === "") return [];
  const names = path.split("/");
  if (names.length > maxDepth) throw new AppError("invalid-name", "This path has too many folders.");
  for (const name of names) requireName(name);
  return names;
}

/** The path itself when every name in it may be used. */
export function cleanPath(path: string): string {
  return namesOf(path).join("/");
}

export function requireName(name: string): void {
  const isPlain = name !== "" && name !== "." && name !== ".." && !name.includes("/") && name.isWellFormed();
  // oxlint-disable-next-line no-control-regex -- these are what is looked for
  if (!isPlain || /[\u0000-\u001f\u007f]/.test(name)) throw new AppError("invalid-name");
  if (Buffer.byteLength(name) > maxNameBytes) throw new AppError("invalid-name", "This name is too long.");
}

export function parentOf(path: string): string {
  return path.includes("/") ? path.slice(0, path.lastIndexOf("/")) : "";
}

export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

export function below(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}
