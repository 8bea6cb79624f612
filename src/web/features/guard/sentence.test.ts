import { expect, test } from "bun:test";
import type { Rule } from "#contract/security/guard";
import { sentenceOf } from "./sentence.ts";

const say = (when: Rule["when"], kind: "allow" | "deny" | "challenge" | "ban" | "log" = "deny", shadow = false) =>
  sentenceOf({ when, action: { kind }, shadow });

test("a rule is told as one sentence", () => {
  expect(say({})).toBe("Every request is refused.");
  expect(say({ apps: ["metrics"], zones: ["outside"] })).toBe("Requests for metrics from outside are refused.");
  expect(say({ methods: ["PUT", "DELETE"], users: ["tom"] }, "log")).toBe(
    "PUT or DELETE requests by tom are noted in the audit log.",
  );
  expect(say({ countries: ["DE"], vias: ["app-password", "none"] }, "challenge")).toBe(
    "Requests through an app password or by nobody known from Germany need a second factor.",
  );
});

test("a rule in shadow says what it would do", () => {
  expect(say({ apps: ["admin"] }, "challenge", true)).toBe("Requests for administration would need a second factor.");
  expect(sentenceOf({ when: {}, action: { kind: "throttle", retryAfterMs: 30_000 }, shadow: true })).toBe(
    "Every request would have to wait 30 s.",
  );
});

test("of a long list only the first are named", () => {
  expect(say({ paths: ["/a", "/b", "/c", "/d", "/e"], zones: ["vpn"], users: ["tom"] })).toBe(
    "Requests to /a or /b or /c or 2 others, by tom, from the VPN, are refused.",
  );
});

test("exceptions, times, limits and sizes have their words", () => {
  expect(
    say({ paths: ["/dav/home/Taxes/**"], zones: ["outside"], unless: { zones: ["grandma"], certificate: true } }),
  ).toBe(
    "Requests to /dav/home/Taxes/**, from outside, except with a device certificate, from “grandma”, are refused.",
  );
  const bedtime = { days: ["sun", "mon", "tue", "wed", "thu"], from: "21:00", to: "06:30" } as const;
  expect(say({ users: ["tom"], times: [{ ...bedtime, days: [...bedtime.days] }] })).toBe(
    "Requests by tom on Sun–Thu from 21:00 to 06:30 are refused.",
  );
  expect(
    sentenceOf({
      when: { rate: { requests: 60, perMs: 60_000, by: "address" } },
      action: { kind: "throttle", retryAfterMs: 5000 },
      shadow: false,
    }),
  ).toBe("Requests beyond 60 in a minute from one network must wait 5 s.");
  expect(say({ bodyBytes: { min: 1_048_576 } }, "ban")).toBe("Requests of at least 1 MiB have their network banned.");
  expect(say({ budget: { bytes: 1024, perMs: 90_000, by: "user" } })).toBe(
    "Requests beyond 1 KiB sent in 90 seconds by one person are refused.",
  );
});
