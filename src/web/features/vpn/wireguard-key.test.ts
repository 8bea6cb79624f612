// needs: wg
import { expect, test } from "bun:test";
import { makeKeyPair } from "./wireguard-key.ts";

test("WireGuard finds the same public key for a private key made in the page", async () => {
  for (let n = 0; n < 5; n += 1) {
    const pair = await makeKeyPair();
    if (pair === null) throw new Error("no X25519 here");
    const wg = Bun.spawnSync(["wg", "pubkey"], { stdin: new TextEncoder().encode(pair.privateKey) });
    expect(wg.stdout.toString().trim()).toBe(pair.publicKey);
  }
});
