import { expect, test } from "bun:test";
import * as contract from "#contract/security/vpn";
import { completed, type Config, privateKeyPlaceholder } from "./config-text.ts";

const bare: Config = {
  fileName: "hearth.conf",
  text: `[Interface]\nPrivateKey = ${contract.privateKeyPlaceholder}\n`,
  privateKey: "placeholder",
  presharedKey: "in-text",
};

test("the key of the browser goes where the contract's placeholder stands", () => {
  expect(privateKeyPlaceholder).toBe(contract.privateKeyPlaceholder);
  expect(completed(bare, "abc=")).toEqual({ ...bare, privateKey: "in-text", text: "[Interface]\nPrivateKey = abc=\n" });
  expect(completed(bare, null)).toBe(bare);
});
