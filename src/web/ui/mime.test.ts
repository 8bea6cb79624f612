import { expect, test } from "bun:test";
import { fileKind } from "./mime.ts";

test("fileKind knows families, exact types and falls back to file", () => {
  const of = (mime: string) => fileKind({ kind: "file", mime });
  expect(fileKind({ kind: "folder", mime: "" })).toBe("folder");
  expect(of("image/heic")).toBe("image");
  expect(of("text/plain; charset=utf-8")).toBe("text");
  expect(of("text/csv")).toBe("sheet");
  expect(of("application/vnd.openxmlformats-officedocument.wordprocessingml.document")).toBe("document");
  expect(of("application/vnd.oasis.opendocument.spreadsheet")).toBe("sheet");
  expect(of("application/octet-stream")).toBe("file");
  expect(of("")).toBe("file");
});
