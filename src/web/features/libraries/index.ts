export { LibrariesPage } from "./libraries-page.tsx";
