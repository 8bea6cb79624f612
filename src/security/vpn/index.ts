export { vpnUseCases } from "./routes.ts";
export { createVpn, type Vpn } from "./service.ts";
