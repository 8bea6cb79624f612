/** Security of the whole house, for those who look after the server. */
export const house = {
  title: "Security",
  nav: "Parts of the security of this house",
  overview: "Overview",
  rules: "Rules",
  attacks: "Attacks",
  ransomware: "Ransomware",
  vpn: "VPN",
  certificates: "Certificates",
  secondFactors: "Second factors",
  signOn: "Single sign-on",
  audit: "Audit log",
} as const;
