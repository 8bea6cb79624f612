import { householdData, upArguments } from "./setup/arguments.mjs";
import { runOwned } from "./setup/child.mjs";
import { prepareRuntime, root, serverFlags } from "./setup/install.mjs";
import { providePackages, runTools } from "./setup/packages.mjs";
import { requirePage } from "./setup/page.mjs";

const bun = prepareRuntime({ withTools: false });
providePackages(runTools, "previews of films and PDF");
requirePage(bun);
const args = upArguments(process.argv.slice(2), householdData());
process.exitCode = await runOwned(bun, [...serverFlags, `${root}/src/cli.ts`, "up", ...args], { cwd: process.cwd() });
