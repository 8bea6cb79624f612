import { RuleDocument } from "./contract.ts";

const minuteMs = 60_000;

/**
 * What is in force until somebody changes it: little, and nothing that a household would notice. What is stricter stands in
 * shadow, with its counters, for the person to turn on.
 */
export const defaultDocument: RuleDocument = RuleDocument.parse({
  schema: 1,
  rules: [
    {
      id: "metrics-inside",
      title: "Metrics are for the household",
      when: { apps: ["metrics"], zones: ["outside"] },
      action: { kind: "deny" },
    },
    {
      id: "login-pace",
      title: "No more than 60 attempts to log in a minute from one network outside",
      when: {
        apps: ["login"],
        methods: ["POST"],
        paths: [
          "/api/session.login",
          "/api/session.secondFactor",
          "/api/session.stepUp",
          "/api/session.passkeyLogin",
          "/api/setup.*",
        ],
        zones: ["outside"],
        rate: { requests: 60, perMs: minuteMs, by: "address" },
      },
      action: { kind: "throttle", retryAfterMs: 30_000 },
    },
    {
      id: "administration-outside",
      title: "Administration from outside asks for a second factor",
      shadow: true,
      when: { apps: ["admin"], zones: ["outside"] },
      action: { kind: "challenge" },
    },
    {
      id: "strangers-pace",
      title: "No more than 600 requests a minute from one network of strangers",
      shadow: true,
      when: {
        apps: ["api", "links"],
        zones: ["outside"],
        vias: ["none"],
        rate: { requests: 600, perMs: minuteMs, by: "address" },
      },
      action: { kind: "throttle", retryAfterMs: 30_000 },
    },
  ],
  tests: [
    {
      name: "Metrics are closed to strangers",
      request: { path: "/metrics", zone: "outside" },
      expect: { outcome: "deny", ruleId: "metrics-inside" },
    },
    {
      name: "The household reads metrics",
      request: { path: "/metrics", zone: "household" },
      expect: { outcome: "allow" },
    },
    {
      name: "Sync from outside passes",
      request: {
        method: "PUT",
        path: "/dav/home/a.jpg",
        zone: "outside",
        user: "anna",
        roles: ["member"],
        via: "app-password",
      },
      expect: { outcome: "allow", ruleId: null },
    },
  ],
});
