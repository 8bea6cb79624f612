export { contains, disjoint, parseNetwork } from "./networks.ts";
export { oneAtATime } from "./one-at-a-time.ts";
export { decide, type Reach, type Source, type Target, type TunnelPolicy, type ZonePolicy } from "./policy.ts";
export { findObstacles, type Obstacle } from "./rights.ts";
export { firewallUseCases } from "./routes.ts";
export { createFirewall, type Firewall } from "./service.ts";
