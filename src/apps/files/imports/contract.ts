import { z } from "zod";
import { defineContract } from "#wire";

const FolderPath = z
  .string()
  .trim()
  .min(1)
  .max(4096)
  .startsWith("/", "write the whole path, such as /var/www/nextcloud");

const Finding = z.object({
  level: z.enum(["stops", "left-out", "note"]),
  text: z.string(),
});
export type Finding = z.infer<typeof Finding>;

const FoundPerson = z.object({
  uid: z.string(),
  displayName: z.string(),
  /** The login name here; null when the one there cannot be used and another must be chosen. */
  name: z.string().nullable(),
  /** There is an account of that name: the files go to it. */
  exists: z.boolean(),
  files: z.int(),
  sizeBytes: z.int(),
  keepsPassword: z.boolean(),
});
export type FoundPerson = z.infer<typeof FoundPerson>;

const Progress = z.object({
  doneFiles: z.int(),
  totalFiles: z.int(),
  doneBytes: z.int(),
  totalBytes: z.int(),
  /** Null until that can be said. */
  leftMs: z.int().nullable(),
});

const ImportState = z.object({
  id: z.int(),
  folder: z.string(),
  state: z.enum(["running", "done", "failed", "cancelled"]),
  how: z.enum(["copy", "link"]),
  startedAtMs: z.int(),
  endedAtMs: z.int().nullable(),
  /** Of a failed one, for a person. */
  reason: z.string().nullable(),
  progress: Progress,
  /** What came along beside files. */
  brought: z.object({ people: z.int(), groups: z.int(), shares: z.int(), links: z.int(), appPasswords: z.int() }),
  /** Paths that did not come along, and why; at most 200 of `failureCount`. */
  failures: z.array(z.object({ path: z.string(), reason: z.string() })),
  failureCount: z.int(),
});
export type ImportState = z.infer<typeof ImportState>;

const Chosen = z
  .array(z.object({ uid: z.string().min(1).max(255), name: z.string().min(1).max(64) }))
  .min(1)
  .max(1000);

export const importsContract = defineContract({
  "imports.inspect": {
    summary: "What a Nextcloud on this machine holds, and what would come along; nothing is changed.",
    input: z.object({
      /** Of the program: it holds `config/config.php`. */
      folder: FolderPath,
      /** When the data is elsewhere than the configuration says. */
      dataFolder: FolderPath.optional(),
    }),
    output: z.object({
      version: z.string(),
      dataFolder: z.string(),
      people: z.array(FoundPerson),
      groups: z.int(),
      shares: z.int(),
      links: z.int(),
      appPasswords: z.int(),
      freeBytes: z.int(),
      /** On the same file system as our files: links are possible, which take no room. */
      canLink: z.boolean(),
      findings: z.array(Finding),
    }),
    permission: "people.manage",
    effect: "read",
    stepUp: true,
  },
  "imports.start": {
    summary: "Bring people and what is theirs over; also again, for what has come since.",
    input: z.object({
      folder: FolderPath,
      dataFolder: FolderPath.optional(),
      people: Chosen,
      how: z.enum(["copy", "link"]).default("copy"),
    }),
    output: z.object({ id: z.int() }),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "imports.list": {
    summary: "Imports so far, the latest first.",
    input: z.object({}),
    output: z.object({ imports: z.array(ImportState) }),
    permission: "people.manage",
    effect: "read",
  },
  "imports.cancel": {
    summary: "Stop an import; what has come stays, and starting again goes on.",
    input: z.object({ id: z.int() }),
    output: z.object({}),
    permission: "people.manage",
    effect: "write",
  },
});
