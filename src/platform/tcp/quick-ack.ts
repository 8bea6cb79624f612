import { dlopen, FFIType, ptr } from "bun:ffi";
import { createLruMap } from "#platform/lru";

/**
 * Sends the acknowledgement that is due on the connection from this remote port now, instead of 40 ms later or with the answer. False
 * when the connection was not found; then the kernel acknowledges when it likes.
 */
export type QuickAck = (remotePort: number) => boolean;

const protocolTcp = 6;
const tcpQuickAck = 12;
const addressBytes = 128;
/** Where the port lies in `sockaddr_in` and `sockaddr_in6`, big-endian. */
const portAt = 2;
const families = new Set([2, 10]);
/** A new connection gets the lowest free number; looking further would cost more than it brings. */
const maxDescriptors = 2048;
const maxKept = 4096;
/** Kept for a connection beyond those, so that it is looked for once. */
const beyond = -1;

/**
 * The runtime hands out no descriptor of a connection, but says its remote port: the descriptor is looked for once, and asked for its
 * port again before each use. Should two clients share a port number, the wrong one is acknowledged early, which harms nobody.
 */
export function createQuickAck(): QuickAck {
  const libc = dlopen("libc.so.6", {
    getpeername: { args: [FFIType.i32, FFIType.ptr, FFIType.ptr], returns: FFIType.i32 },
    setsockopt: {
      args: [FFIType.i32, FFIType.i32, FFIType.i32, FFIType.ptr, FFIType.u32],
      returns: FFIType.i32,
    },
  }).symbols;
  // Over buffers of their own: the runtime moves the bytes of a small array without one when its buffer is first asked for.
  const address = new Uint8Array(new ArrayBuffer(addressBytes));
  const view = new DataView(address.buffer);
  const length = new Uint32Array(new ArrayBuffer(4));
  const on = new Int32Array(new ArrayBuffer(4));
  on[0] = 1;
  const [addressPtr, lengthPtr, onPtr] = [ptr(address), ptr(length), ptr(on)];
  const descriptors = createLruMap<number, number>(maxKept);

  const portOf = (descriptor: number): number | undefined => {
    length[0] = addressBytes;
    if (libc.getpeername(descriptor, addressPtr, lengthPtr) !== 0) return undefined;
    return families.has(view.getUint16(0, true)) ? view.getUint16(portAt) : undefined;
  };
  const search = (port: number): number => {
    for (let descriptor = 0; descriptor < maxDescriptors; descriptor += 1) {
      if (portOf(descriptor) === port) return descriptor;
    }
    return beyond;
  };
  return (remotePort) => {
    let descriptor = descriptors.get(remotePort);
    if (descriptor === beyond) return false;
    if (descriptor === undefined || portOf(descriptor) !== remotePort) {
      descriptor = search(remotePort);
      descriptors.set(remotePort, descriptor);
    }
    return libc.setsockopt(descriptor, protocolTcp, tcpQuickAck, onPtr, on.byteLength) === 0;
  };
}
