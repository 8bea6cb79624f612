import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from "@simplewebauthn/server";
import { z } from "zod";
import { defineContract, roles } from "#wire";

const base64Url = z.string().regex(/^[\w-]*$/, "is not base64url");
const short = base64Url.max(2048);
/** Attestations carry certificate chains. */
const long = base64Url.max(65_536);

/** None is asked for, so whatever comes is ignored. */
const extensionResults = z.custom<object>((given) => typeof given === "object" && given !== null);

/** What `startRegistration` of @simplewebauthn/browser gives (WebAuthn §5.1, RegistrationResponseJSON). */
export const PasskeyRegistration = z.object({
  id: short,
  rawId: short,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: long,
    attestationObject: long,
    authenticatorData: long.optional(),
    transports: z.array(z.string().max(32)).max(16).optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: long.optional(),
  }),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).optional(),
  clientExtensionResults: extensionResults,
});
export type PasskeyRegistration = z.infer<typeof PasskeyRegistration>;

/** What `startAuthentication` of @simplewebauthn/browser gives (WebAuthn §5.1, AuthenticationResponseJSON). */
export const PasskeyAssertion = z.object({
  id: short,
  rawId: short,
  type: z.literal("public-key"),
  response: z.object({
    clientDataJSON: long,
    authenticatorData: long,
    signature: short,
    userHandle: short.optional(),
  }),
  authenticatorAttachment: z.enum(["platform", "cross-platform"]).optional(),
  clientExtensionResults: extensionResults,
});
export type PasskeyAssertion = z.infer<typeof PasskeyAssertion>;

/** To be handed to `startAuthentication({ optionsJSON })` as it is. */
export const PasskeyRequestOptions = z.custom<PublicKeyCredentialRequestOptionsJSON>();
const PasskeyCreationOptions = z.custom<PublicKeyCredentialCreationOptionsJSON>();

/** Secret of one attempt: short-lived, for one purpose, used once. */
export const Ticket = z.string().min(1).max(64);
/** Six digits of an authenticator app; blanks do not count. */
export const TotpCode = z.string().max(16);
/** As `abcde-fghjk-mnpqr`; case, blanks and dashes do not count. */
export const RecoveryCode = z.string().max(64);

export const Passkey = z.object({
  /** Credential id, base64url. */
  id: z.string(),
  name: z.string(),
  createdAtMs: z.int(),
  lastUsedAtMs: z.int().nullable(),
  /** True when a cloud keeps copies of it, false when it lives on one device. */
  synced: z.boolean(),
  /** The name of this server for which it was made; it works under no other. */
  host: z.string(),
});
export type Passkey = z.infer<typeof Passkey>;

const PasskeysPossible = z.object({
  possible: z.boolean(),
  /** Why not, and what to do about it; null when they are. */
  reason: z.string().nullable(),
});

const recoveryCodes = z.array(z.string());
const passkeyName = z.string().trim().min(1).max(64);

const ownFactors = defineContract({
  "factors.status": {
    summary: "One's own factors.",
    input: z.object({}),
    output: z.object({
      /** When the authenticator app was set up; null without one. */
      totpAddedAtMs: z.int().nullable(),
      passkeys: z.array(Passkey),
      /** Codes not used yet; null when there are none at all. */
      recoveryCodesLeft: z.int().nullable(),
      recoveryCodesMadeAtMs: z.int().nullable(),
      /** Whether a role of this person needs a second factor: then the last one stays. */
      secondFactorNeeded: z.boolean(),
      /** A second factor is needed and there is none: nothing else works until one is set up. */
      mustSetUp: z.boolean(),
      passkeysPossible: PasskeysPossible,
    }),
    permission: "self",
    effect: "read",
    duringFactorSetup: true,
  },
  "totp.begin": {
    summary:
      "Begin to set up an authenticator app: a secret that counts only after `totp.confirm`, within ten minutes.",
    input: z.object({}),
    /** `uri` is otpauth://, for a QR code; `secret` is base32, for typing. */
    output: z.object({ secret: z.string(), uri: z.string(), expiresAtMs: z.int() }),
    permission: "self",
    effect: "write",
    stepUp: true,
    duringFactorSetup: true,
  },
  "totp.confirm": {
    summary:
      "Finish the set-up with a code of the app. With the first second factor come recovery codes, shown only here.",
    input: z.object({ code: TotpCode }),
    output: z.object({ recoveryCodes: recoveryCodes.nullable() }),
    permission: "self",
    effect: "write",
    duringFactorSetup: true,
  },
  "totp.remove": {
    summary: "Remove the authenticator app.",
    input: z.object({}),
    output: z.object({}),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "passkey.registerOptions": {
    summary: "Begin to add a passkey.",
    input: z.object({}),
    output: z.object({ ticket: Ticket, options: PasskeyCreationOptions }),
    permission: "self",
    effect: "write",
    stepUp: true,
    duringFactorSetup: true,
  },
  "passkey.register": {
    summary:
      "Add the passkey that the browser made. With the first second factor come recovery codes, shown only here.",
    input: z.object({ ticket: Ticket, response: PasskeyRegistration, name: passkeyName }),
    output: z.object({ passkey: Passkey, recoveryCodes: recoveryCodes.nullable() }),
    permission: "self",
    effect: "write",
    duringFactorSetup: true,
  },
  "passkey.rename": {
    summary: "Rename a passkey.",
    input: z.object({ id: short, name: passkeyName }),
    output: z.object({ passkey: Passkey }),
    permission: "self",
    effect: "write",
  },
  "passkey.remove": {
    summary: "Remove a passkey.",
    input: z.object({ id: short }),
    output: z.object({}),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
  "recoveryCodes.regenerate": {
    summary: "Make ten new recovery codes; the old ones no longer work.",
    input: z.object({}),
    output: z.object({ recoveryCodes }),
    permission: "self",
    effect: "write",
    stepUp: true,
  },
});

const Policy = z.object({
  /** Whoever holds one of these roles must have an authenticator app or a passkey. */
  rolesNeedingSecondFactor: z.array(z.enum(roles)),
  /** A login through the household's OpenID provider needs no further factor. */
  providerCountsAsTwo: z.boolean(),
});
export type Policy = z.infer<typeof Policy>;

const managed = defineContract({
  "factors.overview": {
    summary: "Which second factors everybody has.",
    input: z.object({}),
    output: z.object({
      people: z.array(
        z.object({
          personId: z.int(),
          totp: z.boolean(),
          passkeys: z.int(),
          recoveryCodesLeft: z.int().nullable(),
          mustSetUp: z.boolean(),
        }),
      ),
    }),
    permission: "people.manage",
    effect: "read",
  },
  "personFactors.reset": {
    summary: "Take all second factors off an account that lost them, and end its sessions.",
    input: z.object({ id: z.int() }),
    output: z.object({}),
    permission: "people.manage",
    effect: "write",
    stepUp: true,
  },
  "factorPolicy.get": {
    summary: "Who needs a second factor.",
    input: z.object({}),
    output: z.object({ policy: Policy }),
    permission: "security.read",
    effect: "read",
  },
  "factorPolicy.set": {
    summary: "Say who needs a second factor; refused while it would lock out whoever asks.",
    input: Policy,
    output: z.object({
      policy: Policy,
      /** Who is led to set one up at their next request. */
      mustSetUpIds: z.array(z.int()),
    }),
    permission: "security.manage",
    effect: "write",
    stepUp: true,
  },
});

export const factorsContract = defineContract({ ...ownFactors, ...managed });
