import type { Output } from "#web/client.ts";

export type Config = Output<"vpnPeer.create">["config"];

/** As the contract names it; the contract itself stays on the server, it carries its schemas. */
export const privateKeyPlaceholder = "<private key of this device>";

/** The configuration with the key that the browser made; ready as it came when the server made it. */
export function completed(config: Config, privateKey: string | null): Config {
  if (config.privateKey === "in-text" || privateKey === null) return config;
  return { ...config, privateKey: "in-text", text: config.text.replace(privateKeyPlaceholder, privateKey) };
}
