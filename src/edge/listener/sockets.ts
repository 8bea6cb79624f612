import type { Socket, SocketHandler } from "#platform/http";

export type Server = Bun.Server<SocketHandler>;

/** Whoever does not answer a ping for so long is gone. */
const defaultIdleSeconds = 60;
/** What clients send are names, passwords and a word or two. */
const maxMessageBytes = 8 * 1024;
/** A reader that lets more than this wait is closed. */
const maxWaitingBytes = 256 * 1024;
const unsupportedData = 1003;

/** The part of a server that speaks to WebSockets; each has its handler. Broken handlers are the listener's `error`. */
export function socketOptions(idleSeconds = defaultIdleSeconds): Bun.WebSocketHandler<SocketHandler> {
  const opened = new WeakMap<Bun.ServerWebSocket<SocketHandler>, Socket>();
  return {
    idleTimeout: idleSeconds,
    sendPings: true,
    maxPayloadLength: maxMessageBytes,
    backpressureLimit: maxWaitingBytes,
    closeOnBackpressureLimit: true,
    perMessageDeflate: false,
    open: (raw) => {
      const socket: Socket = {
        send: (text) => void raw.send(text),
        close: (code, reason) => raw.close(code, reason),
      };
      opened.set(raw, socket);
      raw.data.open(socket);
    },
    message: (raw, message) => {
      const socket = opened.get(raw);
      if (typeof message !== "string") raw.close(unsupportedData, "Text only.");
      else if (socket !== undefined) raw.data.message(socket, message);
    },
    close: (raw) => {
      const socket = opened.get(raw);
      if (socket !== undefined) raw.data.close(socket);
    },
  };
}

/** Answers a request, unless it has become a WebSocket meanwhile: then nothing more may be said. */
export function answered(
  answer: Promise<Response> | Response,
  peer: { readonly isUpgraded: boolean },
): Promise<Response | undefined> | Response | undefined {
  if (answer instanceof Promise) return answer.then((response) => (peer.isUpgraded ? undefined : response));
  return peer.isUpgraded ? undefined : answer;
}
