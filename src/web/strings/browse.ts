export const browse = {
  title: "Files",
} as const;
