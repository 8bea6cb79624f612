import type { Clock, Random } from "#platform/clock";
import type { Config } from "#platform/config";
import type { Db } from "#platform/db";
import type { Exec } from "#platform/exec";
import type { Logger } from "#platform/log";
import type { Firewall } from "#security/firewall";
import type { Interfaces } from "./attached.ts";
import type { Verdict } from "./zones.ts";

export interface VpnPerson {
  readonly id: number;
  readonly displayName: string;
  /** Whether the account is enabled. */
  readonly enabled: boolean;
  /** Whether a role lets them use the VPN at all. */
  readonly mayUse: boolean;
}

export interface VpnDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Logger;
  readonly exec: Exec;
  readonly firewall: Firewall;
  readonly config: Config["security"]["network"]["vpn"];
  /** Holds the server's key. */
  readonly folder: string;
  /** Seals what has to be read again; opening throws when the key is not there. */
  readonly secrets: {
    seal(plain: Uint8Array, purpose: string): string;
    open(sealed: string, purpose: string): Uint8Array;
  };
  readonly findPerson: (id: number) => VpnPerson | undefined;
  /** What devices of a person may be given at most. */
  readonly mayReach: (personId: number, zoneId: string) => Verdict;
  /** Called in the transaction that removes a named zone. */
  readonly onZoneRemoved: (zoneId: string) => void;
  /** TCP ports on which this server serves people. */
  readonly serverPorts: () => readonly number[];
  /** Of this machine; asked of the kernel when absent. */
  readonly interfaces?: () => Interfaces;
  /** `/proc`, or a stand-in. */
  readonly procDir?: string;
}
