// needs: oathtool
import { expect, test } from "bun:test";
import fc from "fast-check";
import { Secret, TOTP } from "otpauth";
import { base32, matchTotp, otpauthUri, totpCode } from "./totp.ts";

const stepMs = 30_000;
const anySecret = fc.uint8Array({ minLength: 20, maxLength: 20 });
const anyTimeMs = fc.integer({ min: 10 * stepMs, max: 4_000_000_000_000 });

test("codes are those of RFC 6238, appendix B, cut to six digits", () => {
  const secret = Buffer.from("12345678901234567890");
  const vectors: [seconds: number, code: string][] = [
    [59, "94287082"],
    [1_111_111_109, "07081804"],
    [1_111_111_111, "14050471"],
    [1_234_567_890, "89005924"],
    [2_000_000_000, "69279037"],
    [20_000_000_000, "65353130"],
  ];
  for (const [seconds, code] of vectors) expect(totpCode(secret, Math.floor(seconds / 30))).toBe(code.slice(2));
});

test("oathtool, as somebody else's authenticator, shows the codes that are taken", () => {
  const secret = crypto.getRandomValues(new Uint8Array(20));
  const nowMs = Date.now();
  for (const shiftS of [0, -30, 30]) {
    const at = new Date(nowMs + shiftS * 1000).toISOString().replace("T", " ").replace(/\..*/, " UTC");
    const { stdout, exitCode } = Bun.spawnSync(["oathtool", "--totp", "--base32", `--now=${at}`, base32(secret)]);
    expect(exitCode).toBe(0);
    expect(matchTotp(secret, stdout.toString().trim(), nowMs, -1)).toBe(Math.floor(nowMs / stepMs) + shiftS / 30);
  }
});

test("the link in the QR code is read as it is meant by another implementation", () => {
  fc.assert(
    fc.property(
      anySecret,
      fc.constantFrom("alice", "a.b-c_d"),
      fc.constantFrom("Hearth", "Hearth home.arpa"),
      (secret, name, issuer) => {
        const uri = new URL(otpauthUri(base32(secret), issuer, name));
        expect(uri.protocol).toBe("otpauth:");
        expect(decodeURIComponent(uri.pathname)).toEndWith(`${issuer}:${name}`);
        expect([...Secret.fromBase32(uri.searchParams.get("secret") ?? "").bytes]).toEqual([...secret]);
        const totp = new TOTP({ secret: new Secret({ buffer: secret.slice().buffer }) });
        expect([totp.algorithm, totp.digits, totp.period]).toEqual(["SHA1", 6, 30]);
        const step = 123_456;
        expect(totp.generate({ timestamp: step * stepMs })).toBe(totpCode(secret, step));
      },
    ),
    { numRuns: 50 },
  );
});

test("a code is taken one step to either side and no further", () => {
  fc.assert(
    fc.property(anySecret, anyTimeMs, fc.integer({ min: -5, max: 5 }), (secret, nowMs, shift) => {
      const step = Math.floor(nowMs / stepMs) + shift;
      const match = matchTotp(secret, totpCode(secret, step), nowMs, -1);
      if (Math.abs(shift) <= 1) expect(totpCode(secret, match ?? 0)).toBe(totpCode(secret, step));
      // Codes of six digits coincide now and then; then the one inside the window is meant.
      else if (match !== undefined) expect(totpCode(secret, match)).toBe(totpCode(secret, step));
    }),
  );
});

test("whatever is typed when, no code works twice and steps only go up", () => {
  const step = fc.record({ advanceMs: fc.integer({ min: 0, max: 90_000 }), shift: fc.integer({ min: -2, max: 2 }) });
  fc.assert(
    fc.property(anySecret, anyTimeMs, fc.array(step, { maxLength: 30 }), (secret, startMs, steps) => {
      let [nowMs, last] = [startMs, -1];
      const used = new Set<number>();
      for (const { advanceMs, shift } of steps) {
        nowMs += advanceMs;
        const match = matchTotp(secret, totpCode(secret, Math.floor(nowMs / stepMs) + shift), nowMs, last);
        if (match === undefined) continue;
        expect(match).toBeGreaterThan(last);
        expect(used.has(match)).toBe(false);
        used.add(match);
        last = match;
      }
    }),
  );
});

test("what is no code is refused, whatever it is; blanks do not count", () => {
  const secret = Buffer.from("12345678901234567890");
  const code = totpCode(secret, 1000);
  expect(matchTotp(secret, ` ${code.slice(0, 3)} ${code.slice(3)}`, 1000 * stepMs, -1)).toBe(1000);
  expect(matchTotp(secret, code, 1000 * stepMs, 1000)).toBeUndefined();
  fc.assert(
    fc.property(fc.string(), (text) => {
      const plain = text.replaceAll(/\s/g, "");
      const codes = [999, 1000, 1001].map((step) => totpCode(secret, step));
      if (!codes.includes(plain)) expect(matchTotp(secret, text, 1000 * stepMs, -1)).toBeUndefined();
    }),
  );
});
