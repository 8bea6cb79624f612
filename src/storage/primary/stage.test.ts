import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sweepStage } from "./stage.ts";

test("what is left in the stage goes at a start, and later when it was not written to for long", () => {
  const stagePath = mkdtempSync(join(tmpdir(), "hearth-stage-"));
  try {
    writeFileSync(join(stagePath, "file"), "x");
    // As the client wishes: no sign of age.
    utimesSync(join(stagePath, "file"), 1, 1);
    mkdirSync(join(stagePath, "folder/inner"), { recursive: true });
    expect(sweepStage({ stagePath }, Date.now() - 60_000)).toBe(0);
    expect(sweepStage({ stagePath }, Date.now() + 60_000)).toBe(2);
    writeFileSync(join(stagePath, "file"), "x");
    expect(sweepStage({ stagePath })).toBe(1);
    expect(readdirSync(stagePath)).toEqual([]);
  } finally {
    rmSync(stagePath, { recursive: true, force: true });
  }
});
