import { toAppError } from "#platform/errors";
import { type ServiceType, soapAnswer, soapFault } from "./description.ts";
import { didl, type Entry } from "./didl.ts";
import type { Shelf } from "./shelf.ts";
import { readSoap } from "./xml.ts";

interface ActionDeps {
  readonly shelf: Shelf;
  /** Grows whenever something changed. */
  readonly updateId: () => number;
}

const maxPage = 500;
const xml = { "content-type": 'text/xml; charset="utf-8"', ext: "" };

/** What can be sent, for `GetProtocolInfo`. */
export const sources = ["video/*", "audio/*", "image/*"].map((mime) => `http-get:*:${mime}:*`).join(",");

/** A refusal in words of UPnP: ContentDirectory:1, 2.7 and UPnP Device Architecture 1.0, 3.2.2. */
class ActionError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** Answers the actions of all services. */
export function createActions({ shelf, updateId }: ActionDeps) {
  const browse = async (args: ReadonlyMap<string, string>): Promise<Record<string, string>> => {
    const id = args.get("ObjectID") ?? args.get("ContainerID") ?? "";
    const [offset, asked] = [count(args.get("StartingIndex")), count(args.get("RequestedCount"))];
    const answer = (entries: readonly Entry[], returned: number, total: number) => ({
      Result: didl(entries),
      NumberReturned: String(returned),
      TotalMatches: String(total),
      UpdateID: String(updateId()),
    });
    if (args.get("BrowseFlag") === "BrowseMetadata") {
      const entry = await orNull(() => shelf.entry(id));
      if (entry === null) throw new ActionError(701, "No such object");
      return answer([entry], 1, 1);
    }
    if (args.get("BrowseFlag") !== "BrowseDirectChildren") throw new ActionError(402, "Invalid Args");
    // 0 asks for everything; a television that wants more than a page asks again.
    const limit = asked === 0 ? maxPage : Math.min(asked, maxPage);
    const found = await orNull(() => shelf.children(id, { offset, limit }));
    if (found === null) throw new ActionError(701, "No such object");
    return answer(found.entries, found.entries.length, found.total);
  };

  const run = async (
    service: ServiceType["name"],
    action: string,
    args: ReadonlyMap<string, string>,
  ): Promise<Record<string, string>> => {
    if (service === "directory" && action === "Browse") return browse(args);
    const fixed = answers(updateId)[service][action];
    if (fixed === undefined) throw new ActionError(401, "Invalid Action");
    if (action === "GetCurrentConnectionInfo" && args.get("ConnectionID") !== "0")
      throw new ActionError(706, "Invalid connection reference");
    return fixed;
  };

  return async (service: ServiceType, body: string): Promise<Response> => {
    const call = readSoap(body);
    try {
      if (call === undefined) throw new ActionError(402, "Invalid Args");
      const values = await run(service.name, call.action, call.args);
      return new Response(soapAnswer(service.type, call.action, values), { headers: xml });
    } catch (error) {
      if (!(error instanceof ActionError)) throw error;
      return new Response(soapFault(error.code, error.message), { status: 500, headers: xml });
    }
  };
}

function answers(updateId: () => number): Record<ServiceType["name"], Record<string, Record<string, string>>> {
  return {
    directory: {
      GetSearchCapabilities: { SearchCaps: "" },
      GetSortCapabilities: { SortCaps: "" },
      GetSystemUpdateID: { Id: String(updateId()) },
    },
    connections: {
      GetProtocolInfo: { Source: sources, Sink: "" },
      GetCurrentConnectionIDs: { ConnectionIDs: "0" },
      GetCurrentConnectionInfo: {
        RcsID: "-1",
        AVTransportID: "-1",
        ProtocolInfo: "",
        PeerConnectionManager: "",
        PeerConnectionID: "-1",
        Direction: "Output",
        Status: "Unknown",
      },
    },
    registrar: { IsAuthorized: { Result: "1" }, IsValidated: { Result: "1" } },
  };
}

function count(text: string | undefined): number {
  const value = Number(text ?? 0);
  if (!Number.isSafeInteger(value) || value < 0) throw new ActionError(402, "Invalid Args");
  return value;
}

/** What is gone, or may not be seen, is no such object. */
async function orNull<T>(ask: () => Promise<T | null>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    const { code } = toAppError(error);
    if (code === "not-found" || code === "forbidden" || code === "bad-request") return null;
    throw error;
  }
}
