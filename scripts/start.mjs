import { runOwned } from "./setup/child.mjs";
import { householdData, withData } from "./setup/data.mjs";
import { prepareRuntime, root, serverFlags } from "./setup/install.mjs";
import { providePackages, runTools } from "./setup/packages.mjs";
import { requirePage } from "./setup/page.mjs";

const bun = prepareRuntime({ withTools: false });
providePackages(runTools, "previews of films and PDF, and external places");
requirePage(bun);
process.exitCode = await runOwned(bun, [...serverFlags, `${root}/src/cli.ts`, "up", ...process.argv.slice(2)], {
  env: withData(householdData()),
});
