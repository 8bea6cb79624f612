export { AccountLayout } from "./account-layout.tsx";
export { AppsPage, DevicesPage, ProfilePage, SecurityPage } from "./pages.tsx";
