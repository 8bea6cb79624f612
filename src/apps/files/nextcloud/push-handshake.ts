import type { Admit, Socket, SocketHandler } from "#platform/http";
import type { Actor } from "#platform/usecase";

/** What happens after somebody has shown who they are. */
export interface PushSession {
  /** A word of the client. */
  heard(text: string): void;
  ended(): void;
}

interface HandshakeDeps {
  readonly admit: Admit;
  readonly takeTicket: (token: string) => Actor | undefined;
  readonly begin: (socket: Socket, actor: Actor) => PushSession;
  readonly authTimeoutMs: number;
  /** Once, when it is known who speaks or the socket is gone. */
  readonly over: () => void;
}

export const closeCodes = { goingAway: 1001, refused: 1008, tryLater: 1013 } as const;
/** Clients have nothing to say but what they want to hear of. */
const maxWords = 64;

/**
 * The dialogue of notify_push: the client says a name and a password, or nothing and a token of `pre_auth`; the server says
 * `authenticated`, and from then on what has changed.
 */
export function createHandshake(deps: HandshakeDeps): SocketHandler {
  let name: string | undefined;
  let state: "asking" | "checking" | "closed" = "asking";
  let session: PushSession | undefined;
  let words = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const settle = () => {
    clearTimeout(timer);
    if (timer !== undefined) deps.over();
    timer = undefined;
  };
  const refuse = (socket: Socket, text: string) => {
    socket.send(text);
    socket.close(closeCodes.refused, "");
  };
  const check = async (socket: Socket, user: string, password: string): Promise<void> => {
    const actor = user === "" ? deps.takeTicket(password) : await admitPerson(deps.admit, user, password);
    // It may have gone, or taken too long, while its password was weighed.
    if (isClosed()) return;
    settle();
    if (actor === undefined) return refuse(socket, "err: Invalid credentials");
    socket.send("authenticated");
    session = deps.begin(socket, actor);
  };
  const isClosed = () => state === "closed";

  return {
    open: (socket) => {
      timer = setTimeout(() => {
        settle();
        state = "closed";
        refuse(socket, "Authentication timeout");
      }, deps.authTimeoutMs);
    },
    message: (socket, text) => {
      words += 1;
      if (words > maxWords) return socket.close(closeCodes.refused, "Too many messages.");
      if (session !== undefined) return session.heard(text);
      if (state !== "asking") return;
      if (name === undefined) {
        name = text;
        return;
      }
      state = "checking";
      void check(socket, name, text);
    },
    close: () => {
      state = "closed";
      settle();
      session?.ended();
    },
  };
}

async function admitPerson(admit: Admit, user: string, password: string): Promise<Actor | undefined> {
  try {
    const actor = await admit(`Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`);
    return actor.kind === "person" ? actor : undefined;
  } catch {
    // Refused and written down where every refusal is; the client is told no more than that.
    return undefined;
  }
}
