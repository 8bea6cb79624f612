/** Security of the whole house, for those who look after the server. */
export const house = {
  title: "Security",
  nav: "Parts of the security of this house",
  rules: "Rules",
  attacks: "Attacks",
  vpn: "VPN",
  audit: "Audit log",
} as const;
