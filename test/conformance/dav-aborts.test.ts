import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { startHearth } from "#kit";

const files = 20;
const sizeBytes = 200_000;
const clients = 32;
const contentOf = (index: number) => Buffer.alloc(sizeBytes, `file ${index};`);

/** Asks until the answer is `wanted` or less, since the kernel closes sockets in its own time. */
async function settlesAt(wanted: number, ask: () => number): Promise<number> {
  let found = ask();
  for (let attempt = 0; attempt < 50 && found > wanted; attempt += 1) {
    await Bun.sleep(100);
    found = ask();
  }
  return found;
}

test("transfers that many clients break off leave no descriptor, no file and no mixed-up content", async () => {
  const hearth = await startHearth();
  try {
    const descriptors = () => readdirSync(`/proc/${hearth.pid}/fd`).length;
    const put = (path: string, body: BodyInit, signal?: AbortSignal) =>
      hearth.fetch(`/dav/home/${path}`, { method: "PUT", body, signal });
    for (let index = 0; index < files; index += 1) await put(`f${index}`, contentOf(index));
    const before = descriptors();

    const download = async (client: number, round: number) => {
      const index = (client * 7 + round * 13) % files;
      const abort = new AbortController();
      const response = await hearth.fetch(`/dav/home/f${index}`, { signal: abort.signal });
      if (round % 2 === 0) {
        await response.body?.getReader().read();
        abort.abort();
      } else {
        expect(Buffer.from(await response.arrayBuffer()).equals(contentOf(index))).toBe(true);
      }
    };
    const upload = async (client: number, round: number) => {
      const abort = new AbortController();
      const start = (controller: ReadableStreamDefaultController) => {
        controller.enqueue(new Uint8Array(70_000));
        setTimeout(() => abort.abort(), 10);
      };
      await put(`cut-${client}-${round}`, new ReadableStream({ start }), abort.signal).catch(() => undefined);
    };
    await Promise.all(
      Array.from({ length: clients }, async (_, client) => {
        for (let round = 0; round < 30; round += 1) await download(client, round);
        for (let round = 0; round < 8; round += 1) await upload(client, round);
      }),
    );
    // Connections that stay open for the next request are not leaked; each client may have one or two.
    expect(await settlesAt(before + 2 * clients, descriptors)).toBeLessThanOrEqual(before + 2 * clients);
    const listing = await hearth.fetch("/dav/home/", { method: "PROPFIND", headers: { depth: "1" } });
    expect(await listing.text()).not.toContain("cut-");
    expect(hearth.log()).not.toContain(`"level":"error"`);
  } finally {
    await hearth.stop();
  }
}, 60_000);
