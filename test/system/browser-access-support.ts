import type { Locator, Page } from "playwright-core";
import { password, type SecureHome } from "./browser-security-support.ts";
import { entry } from "./browser-support.ts";

/** Writes a file into a folder of somebody's home, which is made when it is missing; gives the ids. */
export async function putFile(home: SecureHome, name: string, folder: string, file: string) {
  const headers = { authorization: `Basic ${btoa(`${name}:${password}`)}` };
  const folderUrl = `${home.url}/dav/home/${encodeURIComponent(folder)}`;
  const made = await fetch(folderUrl, { method: "MKCOL", headers });
  if (made.status !== 201 && made.status !== 405) throw new Error(`the folder was refused: ${made.status}`);
  const put = await fetch(`${folderUrl}/${encodeURIComponent(file)}`, { method: "PUT", headers, body: "content" });
  if (!put.ok) throw new Error(`the file was refused: ${put.status}`);
}

/** The id of a folder in the home of the session. */
export async function folderId(home: SecureHome, cookie: string, ...path: readonly string[]): Promise<number> {
  const { spaces } = (await home.call("files.spaces", {}, cookie)) as { spaces: { rootId: number }[] };
  let id = spaces[0]?.rootId ?? 0;
  for (const name of path) {
    const { node } = (await home.call("files.createFolder", { parentId: id, path: name }, cookie)) as {
      node: { id: number };
    };
    id = node.id;
  }
  return id;
}

/** Opens "Share" of an entry of the list. */
export async function openShare(page: Page, name: string): Promise<Locator> {
  await entry(page, name)
    .getByRole("button", { name: `Actions for ${name}` })
    .click({ force: true });
  await page.getByRole("menuitem", { name: "Share" }).click();
  const dialog = page.getByRole("dialog", { name: `Share “${name}”` });
  await dialog.getByRole("region", { name: "Who can see this" }).waitFor();
  return dialog;
}

/** Lets somebody in through the open dialog, by keyboard as far as choosing goes. */
export async function letIn(dialog: Locator, who: string, role: string): Promise<void> {
  await dialog.getByRole("button", { name: "Add people" }).click();
  const field = dialog.getByRole("combobox", { name: "Person or group" });
  await field.fill(who);
  // The people come with an answer of their own.
  await dialog.getByRole("option", { name: who }).first().waitFor();
  await field.press("ArrowDown");
  await field.press("Enter");
  await dialog.getByRole("radio", { name: role }).check();
  await dialog.getByRole("button", { name: "Give access" }).click();
  await dialog.getByRole("button", { name: `Remove access of ${who}` }).waitFor();
}
