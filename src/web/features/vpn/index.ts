export { OwnVpnPage } from "./own-vpn-page.tsx";
export { VpnPage } from "./vpn-page.tsx";
