import { dlopen, FFIType, read } from "bun:ffi";

const setSignal = 10;
const setLease = 1024;
const readLease = 0;
const noLease = 2;
/** Ignored unless somebody asks for it; the default would end the process. */
const sigurg = 23;
const eagain = 11;

/** True when some process has the file open for writing, as far as the file system can tell. */
export type IsOpenForWriting = (fd: number) => boolean;

/**
 * Asks by a read lease, which the kernel gives only for a file that nobody has open for writing (fcntl(2), F_SETLEASE), and gives it
 * back at once. `fd` must be open for reading only. Where the file system knows no leases the answer is no, and times have to tell.
 */
export function createIsOpenForWriting(): IsOpenForWriting {
  const libc = dlopen("libc.so.6", {
    fcntl: { args: [FFIType.i32, FFIType.i32, FFIType.i32], returns: FFIType.i32 },
    __errno_location: { args: [], returns: FFIType.ptr },
  });
  const { fcntl, __errno_location: errnoAt } = libc.symbols;
  return (fd) => {
    fcntl(fd, setSignal, sigurg);
    if (fcntl(fd, setLease, readLease) === 0) {
      fcntl(fd, setLease, noLease);
      return false;
    }
    const address = errnoAt();
    return address !== null && read.i32(address) === eagain;
  };
}
