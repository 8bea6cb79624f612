import { runOwned } from "./setup/child.mjs";
import { prepareRuntime, root, serverFlags } from "./setup/install.mjs";
import { providePackages, runTools } from "./setup/packages.mjs";
import { requirePage } from "./setup/page.mjs";

const bun = prepareRuntime({ withTools: false });
providePackages(runTools, "the demo's films and PDF");
requirePage(bun);
process.exitCode = await runOwned(bun, [...serverFlags, `${root}/src/cli.ts`, "demo", ...process.argv.slice(2)], {});
