export { firewallUseCases } from "./routes.ts";
export { createFirewall, type Firewall } from "./service.ts";
