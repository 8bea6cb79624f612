import { expect, test } from "bun:test";
import { qrPath } from "./qr-path.ts";

test("a QR path has one square per dark module", () => {
  expect(qrPath(2, (row, column) => row === column)).toBe("M0 0h1v1h-1zM1 1h1v1h-1z");
});
