import { layers } from "../architecture.ts";
import { checkContracts } from "./house/contract-rules.ts";
import { checkModules } from "./house/module-rules.ts";

const root = new URL("..", import.meta.url).pathname;
const findings = [...checkModules(root, layers), ...(await checkContracts(root, layers))];
for (const { path, problem } of findings) console.log(`${path}: ${problem}`);
process.exitCode = findings.length === 0 ? 0 : 1;
