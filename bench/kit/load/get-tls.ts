import { Duplex } from "node:stream";
import { connect, type TLSSocket } from "node:tls";
import { requestHead } from "../http.ts";
import { connectBlocking, type BlockingSocket } from "../socket.ts";
import type { Endpoint, LoadAnswer } from "./jobs.ts";

const readBufferBytes = 256 * 1024;
const handshakeReadsLimit = 100;

/** A duplex whose writes go to the blocking socket; what was read is pushed in by `handshake`. */
function overSocket(socket: BlockingSocket): Duplex {
  return new Duplex({
    read() {},
    write(chunk: Uint8Array, _encoding, done) {
      socket.writeAll(chunk);
      done();
    },
  });
}

async function handshake(socket: BlockingSocket, buffer: Uint8Array): Promise<TLSSocket> {
  const wire = overSocket(socket);
  const tls = connect({ socket: wire, rejectUnauthorized: false, servername: "localhost" });
  let ready = false;
  let failure: Error | undefined;
  tls.once("secureConnect", () => (ready = true));
  tls.once("error", (error) => (failure = error));
  await Bun.sleep(1);
  for (let reads = 0; reads < handshakeReadsLimit && !ready; reads++) {
    wire.push(Buffer.from(buffer.subarray(0, socket.read(buffer))));
    for (let turns = 0; turns < 5 && !ready && !failure; turns++) await Bun.sleep(1);
    if (failure) throw failure;
  }
  if (!ready) throw new Error("no TLS handshake");
  return tls;
}

/**
 * One GET over TLS whose answer is read but not decrypted: the handshake is real and the server encrypts every byte,
 * while a decrypting client on the same two cores would be the slower side. Time runs from the request to the end of
 * the stream; the caller proves with a normal client that the answer is right.
 */
export async function loadGetTls(target: Endpoint, sizeBytes: number): Promise<LoadAnswer> {
  const buffer = new Uint8Array(readBufferBytes);
  const socket = connectBlocking(target.port);
  const tls = await handshake(socket, buffer);
  const cipher = `${tls.getProtocol()} ${tls.getCipher().name}`;
  const started = performance.now();
  await new Promise<void>((resolve, reject) =>
    tls.write(requestHead("GET", target.path, `${target.authorization}Connection: close\r\n`), (error) =>
      error ? reject(error) : resolve(),
    ),
  );
  let received = 0;
  for (;;) {
    const count = socket.read(buffer);
    if (count === 0) break;
    received += count;
  }
  const seconds = (performance.now() - started) / 1000;
  socket.close();
  if (received < sizeBytes) throw new Error(`GET over TLS: ${received} of ${sizeBytes} bytes`);
  return { seconds, bodyBytes: sizeBytes, cipher };
}
