// needs: nextcloudcmd
import { expect, test } from "bun:test";
import { times } from "../system/support.ts";
import { syncStorm } from "./sync/storm.ts";

const seed = Number(process.env["HEARTH_TEST_SEED"] ?? Date.now() % 2 ** 31);

test(
  "two sync clients, the page, a shell on the disk and kills: all trees end up equal, no byte is lost, etags tell what changed",
  async () => {
    const { violations, ...figures } = await syncStorm({ seed, rounds: 8 * times, clients: 2, onRound: console.log });
    console.log(`seed ${seed}: ${JSON.stringify(figures)}`);
    expect(violations).toEqual([]);
  },
  120_000 * times,
);
