import type { Actor } from "#platform/usecase";

/** One WebSocket (RFC 6455). */
export interface Socket {
  /** What cannot be sent any more is dropped: a reader that lets too much wait is closed by the listener. */
  send(text: string): void;
  /** Also after it has been closed. */
  close(code: number, reason: string): void;
}

/** Who answers what comes in. The listener bounds a message, pings the other end and closes whoever does not answer. */
export interface SocketHandler {
  open(socket: Socket): void;
  message(socket: Socket, text: string): void;
  /** Once for every opened socket. */
  close(socket: Socket): void;
}

/**
 * Who somebody is that shows `Authorization` inside the socket: asked as if the request had come with that header, by the same gates and
 * told to the same observers. Throws what a request would be refused with.
 */
export type Admit = (authorization: string) => Promise<Actor>;
