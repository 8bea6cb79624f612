// needs: chromium
import { afterAll, beforeAll, expect, test } from "bun:test";
import { expectProblems } from "../kit/browser.ts";
import { message, undo, useOwner } from "./browser-house-support.ts";
import { type SecureHome, startSecureHome } from "./browser-security-support.ts";
import { eventually } from "./browser-support.ts";

let home: SecureHome;
const visit = useOwner(() => home);

beforeAll(async () => {
  home = await startSecureHome("services: { management: { certificates: { listen: '127.0.0.1:0' } } }\n");
});
afterAll(() => home.stop());

test("the overview says what is open and leads there", async () => {
  const { page } = await visit();
  await page.goto("/security");
  await page.getByRole("heading", { name: "1 person has no second factor." }).waitFor();
  await page.getByRole("link", { name: "1 person has no second factor." }).click();
  await page.waitForURL(/\/security\/second-factors$/);
});

test("the authority is created, its root key kept, and renewed with it", async () => {
  const visited = await visit();
  const { page } = visited;
  await page.goto("/security/certificates");
  await page.getByRole("button", { name: "Create the authority" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Create the authority" }).click();
  const keep = page.getByRole("dialog", { name: "Keep the root key" });
  const passphrase = await keep.locator("code").innerText();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    keep.getByRole("button", { name: "Download the root key" }).click(),
  ]);
  const rootKey = await file.path();
  await keep.getByLabel("I have kept the key and the passphrase in two places").check();
  expect(await visited.axe()).toEqual([]);
  await keep.getByRole("button", { name: "Done" }).click();
  await page.getByText(/^The authority is in order\./).waitFor();

  await page.getByRole("button", { name: "Renew", exact: true }).click();
  const renewal = page.getByRole("dialog", { name: "Renew the authority" });
  const [chooser] = await Promise.all([
    page.waitForEvent("filechooser"),
    renewal.getByRole("button", { name: "Root key" }).click(),
  ]);
  await chooser.setFiles(rootKey);
  await renewal.getByRole("textbox", { name: "Passphrase" }).fill("not this one");
  await renewal.getByRole("button", { name: "Renew" }).click();
  await renewal.getByText("The root key does not open").waitFor();
  expect(expectProblems(visited, /status of 400/)).toBe(1);
  await renewal.getByRole("textbox", { name: "Passphrase" }).fill(passphrase);
  await renewal.getByRole("button", { name: "Renew" }).click();
  await message(page, "The authority is renewed.").waitFor();
});

test("a certificate can be required of somebody else, not of oneself without one", async () => {
  await home.person();
  const visited = await visit();
  const { page } = visited;
  await eventually("certificates are asked for", async () => {
    const { listener } = await home.call("certificates.status", {}, await home.owner());
    return listener !== null;
  });
  await page.goto("/security/certificates");
  await page.getByRole("combobox", { name: "Who" }).selectOption({ label: "Person 1" });
  await page.getByRole("combobox", { name: "For what" }).selectOption({ label: "WebDAV programs" });
  await page.getByRole("button", { name: "Require" }).click();
  await page.getByRole("button", { name: "Remove Person 1: WebDAV programs" }).waitFor();
  await undo(page, "Required from now on: Person 1: WebDAV programs.");
  await page.getByText("Nowhere.").waitFor();
  await page.getByRole("combobox", { name: "Who" }).selectOption({ label: "Everybody" });
  await page.getByRole("combobox", { name: "For what" }).selectOption({ label: "Everything" });
  await page.getByRole("button", { name: "Require" }).click();
  await page.getByRole("region", { name: "Where a certificate is required" }).getByRole("alert").waitFor();
  expect(expectProblems(visited, /status of 409/)).toBe(1);
});

test("a second factor is asked of a role, and who is led to it is told", async () => {
  const visited = await visit();
  const { page } = visited;
  await home.person("guest");
  await page.goto("/security/second-factors");
  await page.getByRole("checkbox", { name: "Guest" }).click();
  await message(page, "Saved. 1 person is led to set one up next.").waitFor();
  await page.getByText("Needs one: led to set it up next").waitFor();
  await page.getByRole("checkbox", { name: "Owner" }).click();
  await page.getByText(/^This would lock you out/).waitFor();
  await eventually("the box is back", async () => !(await page.getByRole("checkbox", { name: "Owner" }).isChecked()));
  expect(expectProblems(visited, /status of 409/)).toBe(1);
});

test("an application is registered, its secret shown once, and removed by its name", async () => {
  const visited = await visit();
  const { page } = visited;
  await page.goto("/security/sign-on");
  await page.getByRole("button", { name: "Add an application" }).click();
  const form = page.getByRole("dialog");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await form.getByText("Name the application.").waitFor();
  await form.getByLabel("Name").fill("Grafana");
  await form.getByLabel("Redirect addresses").fill("https://grafana.example/login");
  await form.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("dialog", { name: "Set up Grafana" }).waitFor();
  expect((await form.getByRole("textbox", { name: "Client secret" }).inputValue()).length).toBeGreaterThan(20);
  expect(await form.getByRole("textbox", { name: "Issuer" }).inputValue()).toBe(`${home.url}/oidc`);
  expect(await visited.axe()).toEqual([]);
  await form.getByRole("button", { name: "Done" }).click();
  await page.getByText("for everybody · runs on a server · never used").waitFor();

  await page.getByRole("button", { name: "Actions for Grafana" }).click();
  await page.getByRole("menuitem", { name: "Show what the service needs" }).click();
  await page.getByRole("dialog", { name: "Set up Grafana" }).waitFor();
  expect(await page.getByRole("textbox", { name: "Client secret" }).count()).toBe(0);
  await page.getByRole("button", { name: "Done" }).click();

  await page.getByRole("button", { name: "Actions for Grafana" }).click();
  await page.getByRole("menuitem", { name: "Remove" }).click();
  const confirm = page.getByRole("dialog", { name: "Remove Grafana" });
  expect(await confirm.getByRole("button", { name: "Remove" }).isDisabled()).toBe(true);
  await confirm.getByLabel("Type “Grafana” to confirm").fill("Grafana");
  await confirm.getByRole("button", { name: "Remove" }).click();
  await page.getByText("No application yet.").waitFor();
});

test("a provider is tested, added, and switched off", async () => {
  // A house is a provider once it has an application: then it can stand for another one.
  await home.call("oidcClient.create", { name: "Notes", redirectUris: ["https://n.example"] }, await home.owner());
  const { page } = await visit();
  await page.goto("/security/sign-on");
  await page.getByRole("button", { name: "Add a provider" }).click();
  const form = page.getByRole("dialog");
  await form.getByLabel("Name").fill("Work");
  await form.getByLabel("Issuer").fill("http://127.0.0.1:9");
  await form.getByRole("button", { name: "Test" }).click();
  await form.getByText("It does not work yet:").waitFor();
  await form.getByLabel("Issuer").fill(`${home.url}/oidc`);
  await form.getByRole("button", { name: "Test" }).click();
  await form.getByText("It answers: logging in there can work.").waitFor();
  await form.getByLabel("Client id").fill("hearth");
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText(`${home.url}/oidc · 0 people linked`).waitFor();
  await page.getByRole("button", { name: "Actions for Work" }).click();
  await page.getByRole("menuitem", { name: "Edit" }).click();
  await form.getByLabel("Offer it on the login page").uncheck({ force: true });
  await form.getByRole("button", { name: "Save" }).click();
  await page.getByText("Off", { exact: true }).waitFor();
});

test("the audit log finds what was done here", async () => {
  const { page } = await visit();
  await page.goto("/security/audit?text=oidcClient.create");
  await page.getByText("oidcClient.create").first().waitFor();
  await page.getByRole("textbox", { name: "Search" }).fill("nothing is called this");
  await page.getByText("Nothing fits").waitFor();
  await page.goto("/security/audit");
  await page.getByRole("button", { name: "Check the log" }).click();
  await page.getByText(/entries checked: none changed, none missing\.$/).waitFor();
});
