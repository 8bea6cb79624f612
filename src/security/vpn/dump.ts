/** What WireGuard knows of a device. */
export interface PeerTraffic {
  /** As `203.0.113.7:51820`. */
  readonly endpoint: string | null;
  readonly lastHandshakeAtMs: number | null;
  readonly receivedBytes: number;
  readonly sentBytes: number;
}

const peerFields = 8;

/**
 * `wg show INTERFACE dump` (wg(8)): one line of the interface, then one of each peer: public key, preshared key, endpoint, allowed
 * addresses, latest handshake in seconds, bytes received and sent, keepalive. Both keys that are secret are dropped here.
 */
export function parseDump(text: string): Map<string, PeerTraffic> {
  const peers = new Map<string, PeerTraffic>();
  for (const line of text.split("\n").slice(1)) {
    const fields = line.split("\t");
    const [publicKey, , endpoint, , handshakeSeconds, receivedBytes, sentBytes] = fields;
    if (publicKey === undefined || fields.length !== peerFields) continue;
    const handshakeMs = Number(handshakeSeconds) * 1000;
    peers.set(publicKey, {
      endpoint: endpoint === undefined || endpoint === "(none)" ? null : endpoint,
      lastHandshakeAtMs: handshakeMs > 0 ? handshakeMs : null,
      receivedBytes: Number(receivedBytes) || 0,
      sentBytes: Number(sentBytes) || 0,
    });
  }
  return peers;
}
