export { type EdgeSocket, startEdgeSocket } from "./edge-socket.ts";
export { type Listener, startListener } from "./listener.ts";
export { createListeners, type Listeners } from "./listeners.ts";
export { createCertificatePort } from "./on-demand.ts";
