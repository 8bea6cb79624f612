import { z } from "zod";
import { OnClash } from "#contract/apps/files/browse";
import { AppError } from "#platform/errors";

const whole = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

const Metadata = z.object({
  /** Absent on share links, which know their folder. */
  parentId: whole.optional(),
  /** Relative to the parent; missing folders are made. */
  path: z.string().min(1).max(4096),
  modifiedAtMs: whole.optional(),
  onClash: OnClash.default("fail"),
});
export type UploadMetadata = z.output<typeof Metadata>;

const maxHeaderChars = 16 * 1024;
const base64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** `Upload-Metadata` of TUS 1.0: `key base64, key base64`; unknown keys are left aside. Throws `bad-request`. */
export function parseMetadata(header: string | null): UploadMetadata {
  if (header === null || header.length > maxHeaderChars)
    throw new AppError("bad-request", "Upload-Metadata is missing or too long.");
  const values: Record<string, string> = {};
  for (const pair of header.split(",")) {
    const [key = "", value = "", ...rest] = pair.trim().split(/ +/);
    if (key === "" || rest.length > 0 || !base64.test(value))
      throw new AppError("bad-request", "Upload-Metadata is malformed.");
    values[key] = decode(value);
  }
  const parsed = Metadata.safeParse(values);
  if (!parsed.success) throw new AppError("bad-request", `Upload-Metadata: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function decode(value: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(value, "base64"));
  } catch (cause) {
    throw new AppError("bad-request", "Upload-Metadata is not UTF-8.", { cause });
  }
}

/** A header that holds a whole number of bytes. Throws `bad-request`. */
export function byteHeader(request: Request, name: string): number {
  const value = request.headers.get(name) ?? "";
  if (!/^\d{1,15}$/.test(value)) throw new AppError("bad-request", `The ${name} header must be a number of bytes.`);
  return Number(value);
}
