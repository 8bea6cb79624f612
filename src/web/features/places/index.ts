export { PlacePage } from "./place-page.tsx";
export { PlacesPage } from "./places-page.tsx";
