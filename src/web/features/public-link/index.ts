export { PublicLinkPage } from "./public-link-page.tsx";
