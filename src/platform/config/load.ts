import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { errnoOf } from "#platform/errors";
import type { Environment } from "./environment.ts";
import type { ConfigFinding } from "./findings.ts";
import { readConfig } from "./read.ts";
import { type Config, configSchema } from "./schema.ts";
import { parseListen } from "./units.ts";

interface LoadOptions {
  readonly environment: Environment;
  /** `--config`; `hearth.yaml` in the data folder without it. */
  readonly file?: string;
  /** `--data` */
  readonly dataDir?: string;
  /** `--listen` */
  readonly listen?: string;
  /** `--log-level` */
  readonly logLevel?: string;
}

export type LoadedConfig =
  | { readonly ok: true; readonly config: Config; readonly dataDir: string; readonly file: string }
  | {
      readonly ok: false;
      readonly findings: readonly ConfigFinding[];
      readonly dataDir: string;
      readonly file: string;
    };

const maxFileBytes = 1024 * 1024;

/**
 * The configuration in force: command line before environment before file before defaults. A missing file is all defaults,
 * unless it was asked for by name. Never throws for what a person wrote, and never writes.
 */
export function loadConfig(options: LoadOptions): LoadedConfig {
  const dataDir = resolve(options.dataDir ?? options.environment.dataDir ?? "data");
  const file = options.file === undefined ? join(dataDir, "hearth.yaml") : resolve(options.file);
  const text = readText(file, options.file !== undefined);
  if (typeof text !== "string") return { ok: false, findings: [text], dataDir, file };
  const read = readConfig(text);
  const overrides = readOverrides(options);
  const findings = [...(read.ok ? [] : read.findings), ...overrides.findings];
  if (!read.ok || findings.length > 0) return { ok: false, findings, dataDir, file };
  return { ok: true, config: resolvePaths(overrides.apply(read.config), dataDir), dataDir, file };
}

/** One line a finding, as compilers print them: `hearth.yaml:3:5: services.x: unknown key`. */
export function renderFindings(file: string, findings: readonly ConfigFinding[]): string {
  return findings
    .map(({ path, line, column, message }) => {
      const place = line === 0 ? "" : `${file}:${line}:${column}: `;
      return `${place}${path === "" ? "" : `${path}: `}${message}`;
    })
    .join("\n");
}

function readText(file: string, required: boolean): string | ConfigFinding {
  const finding = (message: string): ConfigFinding => ({ path: file, line: 0, column: 0, message });
  try {
    if (statSync(file).size > maxFileBytes) return finding("is larger than 1 MiB");
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch (cause) {
    if (errnoOf(cause) === "ENOENT" && !required) return "";
    return finding(`cannot be read (${errnoOf(cause) ?? "not UTF-8"})`);
  }
}

interface Overrides {
  readonly findings: readonly ConfigFinding[];
  apply(config: Config): Config;
}

const logLevel = configSchema.shape.security.unwrap().shape.monitoring.unwrap().shape.logLevel.unwrap();

function readOverrides({ environment, listen: listenOption, logLevel: levelOption }: LoadOptions): Overrides {
  const findings: ConfigFinding[] = [];
  const check = <T>(
    option: string | undefined,
    names: [string, string],
    variable: string | undefined,
    parse: Parser<T>,
  ) => {
    const text = option ?? variable;
    if (text === undefined) return undefined;
    const value = parse(text);
    const path = option === undefined ? names[1] : names[0];
    if (value === undefined) findings.push({ path, line: 0, column: 0, message: `"${text}" is not understood` });
    return value;
  };
  const listen = check(listenOption, ["--listen", "HEARTH_LISTEN"], environment.listen, parseListen);
  const level = check(levelOption, ["--log-level", "HEARTH_LOG_LEVEL"], environment.logLevel, (text) => {
    return logLevel.safeParse(text).data;
  });
  const apply = ({ system, services, security }: Config): Config => ({
    system,
    services: { ...services, management: { ...services.management, ...(listen && { listen }) } },
    security: { ...security, monitoring: { ...security.monitoring, ...(level && { logLevel: level }) } },
  });
  return { findings, apply };
}

type Parser<T> = (text: string) => T | undefined;

function resolvePaths(config: Config, dataDir: string): Config {
  const { tls, edge } = config.services.management;
  const { providers } = config.services.media;
  const volumes = Object.entries(config.system.storage.volumes).map(([name, { path }]) => {
    return [name, { path: resolve(dataDir, path) }] as const;
  });
  return {
    ...config,
    system: { storage: { ...config.system.storage, volumes: Object.fromEntries(volumes) } },
    services: {
      ...config.services,
      storage: {
        ...config.services.storage,
        tiers: config.services.storage.tiers.map((tier) => tierPaths(tier, dataDir)),
      },
      media: {
        ...config.services.media,
        providers: {
          ...providers,
          tmdb: providers.tmdb && { keyFile: resolve(dataDir, providers.tmdb.keyFile) },
        },
      },
      management: {
        ...config.services.management,
        tls: tls && { certFile: resolve(dataDir, tls.certFile), keyFile: resolve(dataDir, tls.keyFile) },
        edge: edge && { socket: resolve(dataDir, edge.socket) },
      },
    },
  };
}

function tierPaths<T extends Config["services"]["storage"]["tiers"][number]>(tier: T, dataDir: string): T {
  if (tier.kind === "disk") return { ...tier, path: resolve(dataDir, tier.path) };
  return { ...tier, secretKeyFile: resolve(dataDir, tier.secretKeyFile) };
}
