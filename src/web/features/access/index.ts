export { AccessSummary } from "./access-summary.tsx";
export { EntriesPart } from "./entries-part.tsx";
export { EntryForm } from "./entry-form.tsx";
export { SightPart } from "./sight-part.tsx";
export { usePanel } from "./use-access.ts";
export { rightsInWords } from "./words.ts";
