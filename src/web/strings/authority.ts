/** Security → Certificates and Second factors. Loaded with its pages. */
const count = (n: number, one: string, many: string): string =>
  n === 1 ? `1 ${one}` : `${n.toLocaleString("en")} ${many}`;

export const authority = {
  none: "This server makes no certificates yet",
  noneHint:
    "A device with a certificate proves that it is yours before anybody is asked for a password. For that the house needs an authority of its own.",
  create: "Create the authority",
  createTitle: "Create the authority",
  createHint:
    "You get its root key once. It signs nothing every day, so it belongs on a stick in a drawer, not on the server.",
  name: "Name",
  nameHint: "Devices show it when they ask whether to trust this house.",
  ownerOnly: "Only an owner can create it.",
  states: {
    good: (until: string): string => `The authority is in order. It signs until ${until}.`,
    renew: (until: string): string => `The authority signs until ${until}: renew it with its root key.`,
    ended: "The authority has ended: nothing can be signed before it is renewed with its root key.",
  },
  facts: {
    name: "Name",
    root: "Root, valid until",
    fingerprint: "Fingerprint of the root (SHA-256)",
    listener: "Certificates are asked for",
    port: (port: number): string => `on port ${port}`,
    noListener: "nowhere yet: switched off in the configuration, or the server has no certificate of its own",
    server: "This server is known as",
  },
  missingNames: (names: string): string => `The authority may not vouch for ${names} yet: renew it with its root key.`,
  rootDownload: "Root certificate",
  renew: "Renew",
  replace: "Replace …",
  replaceTitle: "Replace the authority",
  replaceText:
    "A new authority with a new root key. All certificates of the old one end at once, and every device needs a new one.",
  replaceAction: "Replace",
  keep: {
    title: "Keep the root key",
    text: "It is in this window and nowhere else. Put the file on a stick, write the passphrase on paper, and keep both where nobody looks for them together.",
    step1: "The root key",
    download: "Download the root key",
    downloaded: "Downloaded",
    step2: "Its passphrase",
    copy: "Copy",
    copied: "Copied",
    step3: "The root certificate",
    step3Hint: "For devices that shall trust this server. It is no secret and can be fetched again at any time.",
    downloadRoot: "Download the root certificate",
    kept: "I have kept the key and the passphrase in two places",
    done: "Done",
  },
  renewal: {
    title: "Renew the authority",
    hint: "The root key signs once and is not kept. Take the stick away afterwards.",
    file: "Root key",
    choose: "Choose the file from the stick",
    passphrase: "Passphrase",
    go: "Renew",
    done: "The authority is renewed.",
  },
  devices: {
    title: "Devices with a certificate",
    none: "No device has a certificate yet. Everybody makes theirs under Account → Devices.",
    states: { ending: "Ends soon" },
    until: (when: string): string => `until ${when}`,
    used: (when: string, from: string | null): string => (from === null ? `used ${when}` : `used ${when} from ${from}`),
    neverUsed: "never used",
    keyThere: "key handed out by the server",
    older: (n: number): string => `${count(n, "device", "devices")} whose certificate has ended`,
    actionsOf: (name: string): string => `Actions for ${name}`,
    revoke: "Revoke this device",
    revokeAll: (person: string): string => `Revoke all of ${person}`,
    revoked: (n: number): string => `${count(n, "certificate", "certificates")} revoked.`,
  },
  policy: {
    title: "Where a certificate is required",
    hint: "Without one of their own, people are refused there, whatever password they know.",
    none: "Nowhere.",
    everybody: "Everybody",
    scopes: {
      everything: "Everything",
      files: "Files",
      dav: "WebDAV programs",
      administration: "Administration",
    },
    rule: (who: string, what: string): string => `${who}: ${what}`,
    person: "Who",
    scope: "For what",
    add: "Require",
    remove: "Remove",
    removeOf: (rule: string): string => `Remove ${rule}`,
    added: (rule: string): string => `Required from now on: ${rule}.`,
    removed: (rule: string): string => `No longer required: ${rule}.`,
  },
} as const;

export const secondFactors = {
  roles: {
    title: "Who needs a second factor",
    hint: "Whoever holds one of these roles is led to set one up at the next request, before anything else.",
    provider: "A login through another provider counts as two factors",
    providerHint: "Off: whoever comes from there is asked for a second factor here as well.",
    saved: "Saved.",
    led: (n: number): string =>
      `Saved. ${n === 1 ? "1 person is" : `${n.toLocaleString("en")} people are`} led to set one up next.`,
  },
  people: {
    title: "Who has what",
    none: "No second factor",
    needed: "Needs one: led to set it up next",
    passkeys: (n: number): string => count(n, "passkey", "passkeys"),
    totp: "authenticator app",
    codes: (n: number): string =>
      n === 0 ? "no recovery code left" : `${count(n, "recovery code", "recovery codes")} left`,
    reset: "Take all second factors off",
    actionsOf: (name: string): string => `Actions for ${name}`,
  },
} as const;
