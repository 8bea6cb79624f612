// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import { message, rule, undo, useOwner } from "./browser-house-support.ts";
import { type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { eventually } from "./browser-support.ts";

let home: SecureHome;
const visit = useOwner(() => home);
const title = "The health check is nobody's business";

beforeAll(async () => {
  home = await startSecureHome();
});
afterAll(() => home.stop());

const health = async () => (await fetch(`${home.url}/healthz`)).status;

test("a rule is added in shadow, counts, is made to refuse, and undone", async () => {
  const { page } = await visit();
  expect(await health()).toBe(200);
  await page.goto("/security/rules");
  await page.getByRole("button", { name: "Add rule" }).click();
  const form = page.getByRole("dialog", { name: "Add rule" });
  await form.getByLabel("Name").fill(title);
  await form.getByRole("button", { name: "Add a condition" }).click();
  await form.getByRole("menuitem", { name: "Paths" }).click();
  await form.getByRole("button", { name: "Save rule" }).click();
  await form.getByText("Fill this in, or remove the condition.").waitFor();
  await form.getByRole("combobox", { name: "Paths" }).fill("/healthz");
  await form.getByRole("combobox", { name: "Paths" }).press("Enter");
  await form.getByText("Requests to /healthz would be refused.").waitFor();
  await form.getByRole("button", { name: "Save rule" }).click();
  await form.waitFor({ state: "detached" });
  await message(page, `“${title}” is added.`).waitFor();

  expect(await health()).toBe(200);
  await eventually("the rule has counted", async () => {
    await page.reload();
    await rule(page, title)
      .getByText(/would have been/)
      .waitFor();
    return (
      (await rule(page, title)
        .getByText(/would have been 1 request, last/)
        .count()) === 1
    );
  });

  await rule(page, title).getByText("On", { exact: true }).click();
  await message(page, `“${title}” is on.`).waitFor();
  expect(await health()).toBe(403);
  await undo(page, `“${title}” is on.`);
  await message(page, "Undone").waitFor();
  expect(await health()).toBe(200);

  await rule(page, title)
    .getByRole("button", { name: `Actions for “${title}”` })
    .click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await rule(page, title).waitFor({ state: "detached" });
  await undo(page, `“${title}” is deleted.`);
  await rule(page, title).waitFor();
});

test("a request is tried, kept as a test, and a change that fails it is refused by its name", async () => {
  const visited = await visit();
  const { page } = visited;
  await page.goto("/security/rules");
  await page.getByRole("combobox", { name: "Path" }).fill("/metrics");
  await page.getByRole("button", { name: "Test", exact: true }).click();
  await page.getByText("It is refused by “Metrics are for the household”").waitFor();
  await page.getByRole("button", { name: "Keep as a test" }).click();
  await page.getByLabel("Name of the test").fill("Strangers see no metrics");
  await page.getByRole("button", { name: "Keep", exact: true }).click();
  await message(page, "The test “Strangers see no metrics” is kept.").waitFor();
  await page.getByRole("button", { name: "Run tests" }).click();
  await page.getByText("All 4 tests pass.").waitFor();

  await rule(page, "Metrics are for the household").getByText("Off", { exact: true }).click();
  const refusal = page.getByRole("alert").filter({ hasText: "Nothing was changed" });
  await refusal.getByText(/The test “Strangers see no metrics” fails/).waitFor();
  await eventually("the switch is back", () => rule(page, "Metrics").getByRole("radio", { name: "On" }).isChecked());
  expect(expectProblems(visited, /status of 400/)).toBe(1);
});

test("a change that would lock its author out is refused, and the rule is named in the form", async () => {
  const visited = await visit();
  const { page } = visited;
  await page.goto("/security/rules?rule=new");
  const form = page.getByRole("dialog", { name: "Add rule" });
  await form.getByLabel("Name").fill("Nobody at all");
  await form.getByText("On", { exact: true }).click();
  await form.getByText("Every request is refused.").waitFor();
  await form.getByRole("button", { name: "Save rule" }).click();
  await form.getByText("You would be locked out:").first().waitFor();
  expect(await visited.axe()).toEqual([]);
  expect(expectProblems(visited, /status of 4(00|09)/)).toBe(1);
});

test("rules are put in another order by keyboard, as one change", async () => {
  const { page } = await visit();
  await page.goto("/security/rules");
  const titles = () => page.getByRole("button", { name: /^Edit “/ }).allInnerTexts();
  await page.getByRole("list", { name: "Firewall rules" }).waitFor();
  const before = await titles();
  await page.getByRole("button", { name: `Edit “${before[0]}”` }).focus();
  // One right after the other: what comes within a second is one change.
  await Promise.all([page.keyboard.press("Alt+ArrowDown"), page.keyboard.press("Alt+ArrowDown")]);
  await eventually("the rule has moved", async () => (await titles()).indexOf(before[0] ?? "") === 2);
  await message(page, "The order is changed.").waitFor();
  await page.reload();
  await page.getByRole("list", { name: "Firewall rules" }).waitFor();
  expect((await titles()).indexOf(before[0] ?? "")).toBe(2);
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "History" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Back to the version before" }).click();
  await eventually("the old order is back", async () => (await titles())[0] === before[0]);
});

test("rules are exported and imported again", async () => {
  const { page } = await visit();
  await page.goto("/security/rules");
  await page.getByRole("button", { name: "More", exact: true }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export (YAML)" }).click(),
  ]);
  const text = await Bun.file(await file.path()).text();
  expect(text).toContain("metrics-inside");
  await page.goto("/security/rules?view=import");
  await page.getByLabel("Or paste the text").fill(text.replace("Metrics are for the household", "Metrics stay inside"));
  await page.getByRole("button", { name: "Replace the rules" }).click();
  await rule(page, "Metrics stay inside").waitFor();
  await undo(page, "The rules are replaced.");
  await rule(page, "Metrics are for the household").waitFor();
});

test("an address is banned, and the ban is lifted and comes back with undo", async () => {
  const { page } = await visit();
  await page.goto("/security/attacks");
  await page.getByRole("button", { name: "Ban an address" }).click();
  const form = page.getByRole("dialog", { name: "Ban an address" });
  await form.getByLabel("Address or range").fill("203.0.113.7");
  await form.getByLabel("Why").fill("Knocks all night");
  await form.getByRole("button", { name: "Ban an address" }).click();
  await page.getByText(/Knocks all night · until/).waitFor();
  await page.getByRole("button", { name: "Lift the ban of 203.0.113.7" }).click();
  await page.getByText("Nobody is banned.").waitFor();
  await undo(page, "203.0.113.7 is no longer banned.");
  await page.getByText(/Knocks all night · until/).waitFor();
});

test("a detector is set to refuse", async () => {
  const { page } = await visit();
  await page.goto("/security/attacks");
  await page.getByRole("combobox", { name: "Scanners" }).selectOption("throttle");
  await message(page, "Scanners is changed.").waitFor();
  await page.reload();
  await eventually(
    "it is kept",
    async () => (await page.getByRole("combobox", { name: "Scanners" }).inputValue()) === "throttle",
  );
});
