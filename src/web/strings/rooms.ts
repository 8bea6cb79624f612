/** Login, first run, home and storage use. */
export const rooms = {
  login: "Log in",
} as const;
