import { createRecentMap } from "#platform/lru";
import type { DetectorName, GuardApp } from "./contract.ts";

export interface Signature {
  readonly detector: DetectorName;
  /** A sentence without anything of the query: it may hold a secret. */
  readonly what: string;
}

/** What the signatures look at: never a body. */
export interface Scanned {
  readonly app: GuardApp;
  /** As it was sent, with its query. */
  readonly url: string;
  /** Raw path. */
  readonly path: string;
  userAgent(): string;
}

/** Dots and separators in the spellings that decoders fall for, and the end of a string in C. */
const traversal = /(?:^|[/\\=]|%2f|%5c|%252f)(?:\.|%2e|%252e){2}(?:[/\\]|%2f|%5c|%252f|%c0%af)|%00|%c0%ae/i;
const scanners =
  /sqlmap|nikto|nmap scripting|masscan|zgrab|nuclei|dirbuster|gobuster|feroxbuster|wpscan|acunetix|nessus|openvas|whatweb|wfuzz|fuzz faster|\bffuf|arachni|w3af|skipfish|netsparker|jorgee|zmeu|morfeus|dirb\b|commix|havij/i;
/** Files of other products, which nothing of ours and no client of ours asks for. */
const probes =
  /^\/(?:\.(?:env|git|svn|hg|aws|ssh|htaccess|htpasswd|vscode)\b|wp-(?:login|admin|content|includes|json)|xmlrpc\.php|phpmyadmin|pma\b|myadmin|cgi-bin\/|vendor\/phpunit|actuator\b|server-status|solr\/|hnap1|boaform|goform|manager\/html|jenkins|telescope\/|_ignition|owa\/|ecp\/|struts|druid\/|nacos\/|geoserver)|\.(?:asp|aspx|jsp|jspx|cgi|do|action)$/i;
const otherScripts = /\.php$/i;
/** Clients of Nextcloud's interface ask for these. */
const knownScripts = /\/(?:index|remote|status|public|cron)\.php$/i;
const injections =
  /\bunion\b[\s+/*]{1,20}(?:all\s+)?select\b|\b(?:or|and)\b\s+['"]?\d{1,9}['"]?\s*=\s*['"]?\d|\bsleep\s*\(\s*\d|\bbenchmark\s*\(|\bwaitfor\s+delay\b|information_schema|\bxp_cmdshell\b|\bload_file\s*\(|<script\b|\bonerror\s*=|\bonload\s*=|javascript:|\$\{jndi:|\$\{[^}]{0,40}:-|\{\{\s*\d+\s*\*\s*\d+|\/etc\/(?:passwd|shadow)|\bphp:\/\/|[;|`]\s*(?:cat|wget|curl|nc|bash|sh|id|whoami)\b/i;

/** Surfaces of sync and transfer: their paths are names that people chose. */
const quietApps: ReadonlySet<GuardApp> = new Set(["webdav", "uploads", "files", "media", "health"]);
/** Long queries are cut: a probe stands at the front or shows itself elsewhere. */
const maxQueryLength = 2048;

export type SignatureOf = (request: Scanned) => Signature | undefined;

const maxAgents = 1000;
const maxAgentLength = 512;

/** Gives the first sign of an attack in the head of a request; undefined for nearly all. */
export function createSignatures(): SignatureOf {
  // Few agents send nearly all requests.
  const known = createRecentMap<string, boolean>(maxAgents);
  const isScanner = (agent: string): boolean => {
    const answer = known.get(agent);
    if (answer !== undefined) return answer;
    const found = scanners.test(agent);
    known.set(agent, found);
    return found;
  };
  return (request) => {
    const { app, url, path } = request;
    if (traversal.test(url)) return { detector: "path-traversal", what: "a path that climbs out of its folder" };
    if (quietApps.has(app)) return undefined;
    if (app === "page" && (probes.test(path) || (otherScripts.test(path) && !knownScripts.test(path)))) {
      return { detector: "scanner", what: "a known hole of another product was looked for" };
    }
    const query = url.indexOf("?");
    if (query !== -1 && injections.test(plain(url.slice(query + 1, query + 1 + maxQueryLength)))) {
      return { detector: "injection", what: "code in the query of a request" };
    }
    return isScanner(request.userAgent().slice(0, maxAgentLength))
      ? { detector: "scanner", what: "the agent is a scanner" }
      : undefined;
  };
}

/** Decoded as a form would be; what is no UTF-8 stays. */
function plain(query: string): string {
  const spaced = query.replaceAll("+", " ");
  if (!spaced.includes("%")) return spaced;
  return spaced.replace(/(?:%[0-9a-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll("%", ""), "hex").toString());
}
