/** Security → Overview: one true sentence, what is open, and a line for each part. */
const count = (n: number, one: string, many: string): string =>
  n === 1 ? `1 ${one}` : `${n.toLocaleString("en")} ${many}`;

export const overview = {
  order: "Everything is in order.",
  also: "Also open",
  parts: "The parts",
  points: {
    noFactor: (n: number): string =>
      `${n === 1 ? "1 person has" : `${n.toLocaleString("en")} people have`} no second factor.`,
    mustSetUp: (n: number): string =>
      `${n === 1 ? "1 person needs" : `${n.toLocaleString("en")} people need`} a second factor and ${n === 1 ? "has" : "have"} none yet.`,
    noCodes: (n: number): string =>
      `${n === 1 ? "1 person has" : `${n.toLocaleString("en")} people have`} no recovery code left.`,
    authorityRenew: "The certificate authority should be renewed with its root key.",
    authorityEnded: "The certificate authority has ended.",
    authorityNames: "The certificate authority does not vouch for every name of this server.",
    vpnFailed: "The VPN is on, but does not run.",
    vpnFiles: "The VPN is on, but its files have to be put in place by hand.",
    vpnEndpoint: "The VPN is on, but devices do not know where to dial.",
    firewallFailed: "The kernel refused the firewall's table: bans do not reach it.",
    noticed: (n: number): string => `${count(n, "attack was", "attacks were")} noticed in the last 24 hours.`,
  },
  lines: {
    rules: (all: number, shadow: number): string =>
      shadow === 0
        ? `${count(all, "rule", "rules")}.`
        : `${count(all, "rule", "rules")}, ${shadow.toLocaleString("en")} in shadow.`,
    bans: (n: number): string => (n === 0 ? "Nobody is banned." : `${count(n, "network is", "networks are")} banned.`),
    vpnOff: "Off.",
    vpn: (online: number, all: number): string =>
      all === 0
        ? "On, no device yet."
        : `${online.toLocaleString("en")} of ${count(all, "device", "devices")} connected.`,
    noAuthority: "No authority yet.",
    certificates: (n: number): string =>
      n === 0 ? "No device has a certificate yet." : `${count(n, "device has", "devices have")} a certificate.`,
    factors: (n: number, all: number): string =>
      n === 0
        ? "Nobody has a second factor."
        : `${n.toLocaleString("en")} of ${count(all, "person has", "people have")} a second factor.`,
    applications: (apps: number, providers: number): string =>
      `${count(apps, "application", "applications")}, ${count(providers, "provider", "providers")}.`,
    audit: "Who did what, sealed entry by entry.",
  },
} as const;
