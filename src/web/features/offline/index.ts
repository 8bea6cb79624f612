import { lazyPart } from "#web/ui/index.ts";

export const OfflineDialog = lazyPart(async () => (await import("./offline-dialog.tsx")).OfflineDialog);
