import { createHash } from "node:crypto";
import { createReadStream, mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { startHearth } from "#kit";
import { expectProblems, type Visit, type VisitOptions } from "../kit/browser.ts";
import { chooseFiles, eventually, upload } from "./browser-support.ts";

export interface ResumeOutcome {
  /** Where the first bytes after the restart were put. */
  readonly resumedAtBytes: number;
  /** Requests that carried bytes from then on. */
  readonly patches: number;
  readonly sourceHash: string;
  readonly storedHash: string;
}

const mib = 1024 * 1024;
const limitMs = 150_000;

/**
 * Uploads one file of so many bytes through the page, kills the program without warning in the middle, starts it again, reloads
 * the page and chooses the same file once more.
 */
export async function interruptAndResume(
  visit: (options: VisitOptions) => Promise<Visit>,
  sizeBytes: number,
): Promise<ResumeOutcome> {
  const folder = mkdtempSync(join(tmpdir(), "hearth-large-"));
  const dataDir = join(folder, "data");
  const source = join(folder, "film.bin");
  const address = `127.0.0.1:${await freePort()}`;
  const start = () => startHearth({ dataDir, args: ["--listen", address] });
  let hearth = await start();
  try {
    const sourceHash = await writeRandomFile(source, sizeBytes);
    const visited = await visit({ url: hearth.url, cookie: hearth.cookie });
    const { page } = visited;
    page.on("dialog", (dialog) => void dialog.accept());
    await page.goto("/files");
    await page.getByText("This folder is empty").waitFor();
    const offsets = watchPatches(page);
    await upload(page, "Upload files", source);
    await eventually("a third has been sent", () => offsets.some((offset) => offset > sizeBytes / 3), limitMs);
    await hearth.kill();
    await page.getByText(/Trying again soon/).waitFor();
    offsets.length = 0;
    hearth = await start();
    await page.reload();
    expectProblems(visited, /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK/);
    await page.getByText("Uploads from before can go on").waitFor();
    await chooseFiles(page, () => page.getByRole("button", { name: "Choose files" }).click(), source);
    await page.getByRole("heading", { name: "1 file uploaded" }).waitFor({ timeout: limitMs });
    await visited.context.close();
    const stored = join(dataDir, "volumes/main/home", hearth.user, "film.bin");
    return {
      resumedAtBytes: Math.min(...offsets),
      patches: offsets.length,
      sourceHash,
      storedHash: await hashOfFile(stored),
    };
  } finally {
    await hearth.kill();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Where each PATCH of the page puts its bytes (TUS 1.0, Upload-Offset). */
function watchPatches(page: Page): number[] {
  const offsets: number[] = [];
  page.on("request", (request) => {
    if (request.method() === "PATCH") offsets.push(Number(request.headers()["upload-offset"]));
  });
  return offsets;
}

async function writeRandomFile(path: string, sizeBytes: number): Promise<string> {
  const hash = createHash("sha256");
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const piece = Buffer.alloc(mib);
  for (let at = 0; at < piece.length; at += block.length) piece.set(block, at);
  const file = await open(path, "wx");
  try {
    for (let written = 0; written < sizeBytes; written += piece.length) {
      piece.writeDoubleLE(written, 0);
      const part = piece.subarray(0, Math.min(piece.length, sizeBytes - written));
      hash.update(part);
      await file.write(part);
    }
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

async function hashOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path, { highWaterMark: mib })) hash.update(part as Buffer);
  return hash.digest("hex");
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
