import { dlopen, ptr } from "bun:ffi";

/**
 * Blocking loopback sockets straight on libc. A client on Bun's own event loop tops out near 2 GB/s and would be
 * what is measured; this one reads as fast as a C program. Only for child processes of the benchmark.
 */
const libc = dlopen("libc.so.6", {
  socket: { args: ["i32", "i32", "i32"], returns: "i32" },
  connect: { args: ["i32", "ptr", "u32"], returns: "i32" },
  setsockopt: { args: ["i32", "i32", "i32", "ptr", "u32"], returns: "i32" },
  recv: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  send: { args: ["i32", "ptr", "u64", "i32"], returns: "i64" },
  close: { args: ["i32"], returns: "i32" },
}).symbols;

const addressFamilyInet = 2;
const socketStream = 1;
const solSocket = 1;
const soRcvTimeo = 20;
const soSndTimeo = 21;
const ipprotoTcp = 6;
const tcpNoDelay = 1;
const msgNoSignal = 0x4000;
const timeoutSeconds = 60n;

export interface BlockingSocket {
  /** Reads at least one byte into `buffer`; 0 at end of stream. Throws after 60 s of silence. */
  readonly read: (buffer: Uint8Array) => number;
  readonly writeAll: (data: Uint8Array) => void;
  readonly close: () => void;
}

/** Connects to 127.0.0.1:`port`. */
export function connectBlocking(port: number): BlockingSocket {
  const fd = libc.socket(addressFamilyInet, socketStream, 0);
  if (fd < 0) throw new Error("socket() failed");
  const address = new Uint8Array(16);
  const view = new DataView(address.buffer);
  view.setUint16(0, addressFamilyInet, true);
  view.setUint16(2, port);
  address.set([127, 0, 0, 1], 4);
  if (libc.connect(fd, ptr(address), address.length) !== 0) throw new Error(`cannot connect to port ${port}`);
  const timeout = new BigInt64Array([timeoutSeconds, 0n]);
  libc.setsockopt(fd, solSocket, soRcvTimeo, ptr(timeout), timeout.byteLength);
  libc.setsockopt(fd, solSocket, soSndTimeo, ptr(timeout), timeout.byteLength);
  const on = new Int32Array([1]);
  libc.setsockopt(fd, ipprotoTcp, tcpNoDelay, ptr(on), on.byteLength);
  return {
    read(buffer) {
      const count = Number(libc.recv(fd, ptr(buffer), buffer.length, 0));
      if (count < 0) throw new Error(`recv from port ${port} failed or timed out`);
      return count;
    },
    writeAll(data) {
      let sent = 0;
      while (sent < data.length) {
        const count = Number(libc.send(fd, ptr(data, sent), data.length - sent, msgNoSignal));
        if (count <= 0) throw new Error(`send to port ${port} failed or timed out`);
        sent += count;
      }
    },
    close: () => void libc.close(fd),
  };
}
