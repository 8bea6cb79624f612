/** Whether the form for a new device stands open. */
export const parseVpnSearch = (raw: Record<string, unknown>): { readonly add?: true } =>
  raw["add"] === true || raw["add"] === "true" ? { add: true } : {};
