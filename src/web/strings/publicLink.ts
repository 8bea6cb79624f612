export const publicLink = {} as const;
