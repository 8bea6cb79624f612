export { FileIcon } from "./file-icon.tsx";
export { formatBytes, formatDuration, formatMoment, formatRate, formatWhen } from "./format.ts";
export { fileKind, type FileKind } from "./mime.ts";
export { notifyDone, notifyError } from "./notify.tsx";
export { EmptyState, ErrorLine, ErrorState } from "./states.tsx";
export { useAfter } from "./use-after.ts";
