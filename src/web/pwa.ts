/** What makes the page installable: the web app manifest (W3C appmanifest) and its icons. */
const flame = "M256 84c14 62 96 96 96 190a96 96 0 0 1-192 0c0-38 18-66 42-90 2 30 14 48 32 56-8-62 2-112 22-156z";
const ember = "M256 262c8 30 40 44 40 84a40 40 0 0 1-80 0c0-40 32-54 40-84z";

const drawing = (radius: number): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512"><rect width="512" height="512" rx="${radius}" fill="#e8590c"/>` +
  `<path d="${flame}" fill="#fff"/><path d="${ember}" fill="#e8590c"/><rect x="136" y="398" width="240" height="28" rx="14" fill="#fff"/></svg>`;

export const icon: string = drawing(112);
export const maskableIcon: string = drawing(0);

export const manifest = {
  name: "Hearth",
  short_name: "Hearth",
  description: "Files, photos and films at home.",
  start_url: "/",
  scope: "/",
  display: "standalone",
  background_color: "#ffffff",
  theme_color: "#e8590c",
  icons: [
    { src: "/icon.svg", sizes: "any", type: "image/svg+xml", purpose: "any" },
    { src: "/icon-maskable.svg", sizes: "any", type: "image/svg+xml", purpose: "maskable" },
  ],
  shortcuts: [
    { name: "Files", url: "/files" },
    { name: "Upload pictures", url: "/camera" },
  ],
  share_target: {
    action: "/share-target",
    method: "POST",
    enctype: "multipart/form-data",
    params: { files: [{ name: "files", accept: ["*/*"] }] },
  },
} as const;
