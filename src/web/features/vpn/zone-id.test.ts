import { expect, test } from "bun:test";
import { zoneIdFor } from "./zone-id.ts";

test("an id begins with a letter and is nobody else's", () => {
  expect(zoneIdFor("NAS", [])).toBe("nas");
  expect(zoneIdFor("3D-Drucker im Büro", ["d-drucker-im-buro"])).toBe("d-drucker-im-buro-2");
  expect(zoneIdFor("Internet", [])).toBe("internet-2");
  expect(zoneIdFor("日本", [])).toBe("zone");
  expect(zoneIdFor("x".repeat(99), []).length).toBeLessThanOrEqual(31);
});
