import { AppError } from "#platform/errors";
import { implement, type Implementation, type UseCaseContext } from "#platform/usecase";
import type { Signer } from "./chain.ts";
import { auditContract } from "./contract.ts";
import { readPins } from "./pins.ts";
import type { AuditRepository } from "./repository.ts";
import { searchInParts } from "./search.ts";
import { Progress, verifyPart } from "./verify.ts";

interface UseCaseDeps {
  readonly repository: AuditRepository;
  /** Writes what waits, so that a search finds what was just done. */
  readonly settle: () => Promise<void>;
  readonly signer: Signer;
  readonly pinsPath: string;
}

/** Some 20 ms of work, so that others are not held up. */
const verifySlice = 2000;

export function auditUseCases({ repository, settle, signer, pinsPath }: UseCaseDeps): Implementation[] {
  return implement(auditContract, {
    "audit.search": async (_context, { beforeSeq = Number.MAX_SAFE_INTEGER, limit, ...filter }) => {
      await settle();
      return searchInParts(repository, filter, { beforeSeq, limit });
    },
    "audit.mine": async (context, { beforeSeq = Number.MAX_SAFE_INTEGER, limit, ...filter }) => {
      requireOwnLogin(context);
      await settle();
      return searchInParts(repository, { ...filter, userId: context.actor.userId }, { beforeSeq, limit });
    },
    "audit.verify": (_context, { cursor }) => {
      // The pins first: they follow the entries, so none is ahead of what is read after them.
      const pins = readPins(pinsPath);
      const { progress, ...rest } = verifyPart({ reader: repository, pins, signer }, parseCursor(cursor), verifySlice);
      return { cursor: progress === null ? null : JSON.stringify(progress), ...rest };
    },
  });
}

/** An app password is for files: it shows nothing of the account. */
function requireOwnLogin({ actor }: UseCaseContext): void {
  if (actor.via === "app-password") throw new AppError("forbidden", "An app password may not read the account's log.");
}

function parseCursor(cursor: string | null): Progress | null {
  if (cursor === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(cursor);
  } catch {
    value = undefined;
  }
  const parsed = Progress.safeParse(value);
  if (!parsed.success) throw new AppError("bad-request", "The cursor is not one of this operation.");
  return parsed.data;
}
