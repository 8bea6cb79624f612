import { readdirSync } from "node:fs";
import { dlopen, FFIType, ptr } from "bun:ffi";

/** One connection as a server sees it. */
export interface Connection {
  readonly remoteAddress: string;
  readonly remotePort: number;
  readonly localPort: number;
}

/**
 * Ends a connection of this process at once: what waits to be sent is thrown away and the other end gets a reset, never a clean end.
 * False when there is no such connection.
 */
export type Disconnect = (connection: Connection) => boolean;

const addressBytes = 128;
const family = { ipv4: 2, ipv6: 10 } as const;
/** Where the port lies in `sockaddr_in` and `sockaddr_in6`, big-endian, and where the address does. */
const portAt = 2;
const ipv4At = { start: 4, end: 8 };
const ipv6At = { start: 8, end: 24 };
const mapped = "00000000000000000000ffff";

/**
 * `connect()` to no address dissolves a TCP connection in the kernel (connect(2), AF_UNSPEC). The descriptor stays the runtime's, which
 * learns of the end as of any other and closes it; `shutdown` would send first what waits (ADR 20). The runtime hands out no descriptor:
 * it is looked for by both ports and the address, which no two connections of one server share.
 */
export function createDisconnect(): Disconnect {
  const libc = dlopen("libc.so.6", {
    getpeername: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
    getsockname: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
    inet_pton: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
    connect: { args: [FFIType.i32, FFIType.ptr, FFIType.u32], returns: FFIType.i32 },
  }).symbols;
  // Over buffers of their own: the runtime moves the bytes of a small array without one when its buffer is first asked for.
  const address = Buffer.from(new ArrayBuffer(addressBytes));
  const name = Buffer.from(new ArrayBuffer(addressBytes));
  /** Its family is 0, AF_UNSPEC. */
  const nowhere = new Uint8Array(new ArrayBuffer(addressBytes));
  const length = new Uint32Array(new ArrayBuffer(4));
  const [addressPtr, namePtr, nowherePtr, lengthPtr] = [ptr(address), ptr(name), ptr(nowhere), ptr(length)];

  const read = (ask: typeof libc.getpeername, descriptor: number): boolean => {
    length[0] = addressBytes;
    return ask(descriptor, addressPtr, lengthPtr) === 0;
  };
  const portRead = () => {
    const found = address.readUInt16LE(0);
    return found === family.ipv4 || found === family.ipv6 ? address.readUInt16BE(portAt) : undefined;
  };
  const hexRead = ({ start, end }: typeof ipv4At) => address.toString("hex", start, end);
  const addressRead = () => (address.readUInt16LE(0) === family.ipv4 ? mapped + hexRead(ipv4At) : hexRead(ipv6At));
  /** IPv4 as an IPv6 socket has it, so that both are told apart from nothing but other addresses. */
  const parsed = (text: string): string | undefined => {
    // Of an address within one link (RFC 4007 §11) without the link.
    const [plain = ""] = text.split("%");
    if (Buffer.byteLength(plain) >= addressBytes) return undefined;
    name.write(`${plain}\0`);
    if (libc.inet_pton(family.ipv4, namePtr, addressPtr) === 1) return mapped + hexRead({ start: 0, end: 4 });
    return libc.inet_pton(family.ipv6, namePtr, addressPtr) === 1 ? hexRead({ start: 0, end: 16 }) : undefined;
  };

  return ({ remoteAddress, remotePort, localPort }) => {
    const wanted = parsed(remoteAddress);
    if (wanted === undefined) return false;
    for (const entry of readdirSync("/proc/self/fd")) {
      const descriptor = Number(entry);
      if (!read(libc.getpeername, descriptor) || portRead() !== remotePort || addressRead() !== wanted) continue;
      if (!read(libc.getsockname, descriptor) || portRead() !== localPort) continue;
      // By its name too: a buffer that nobody names any more is collected, and its address leads elsewhere.
      return libc.connect(descriptor, nowherePtr, nowhere.byteLength) === 0;
    }
    return false;
  };
}
