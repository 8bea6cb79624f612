export const frame = {
  nav: "Main",
} as const;
