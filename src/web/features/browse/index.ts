export { FilesPage } from "./files-page.tsx";
export { NodeList, type NodeListProps } from "./node-list.tsx";
export { NoSpaces } from "./no-spaces.tsx";
export { PlacesMenu } from "./places-menu.tsx";
export { rowsOf, type Rows } from "./rows.ts";
export { noSelection, type Selection } from "./selection.ts";
export { useSpaces } from "./spaces.ts";
export { nextSort, type Sort, type SortBy, type View } from "./url-state.ts";
