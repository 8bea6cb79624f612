import type { Page } from "playwright-core";
import type { Demo } from "../kit/demo.ts";
import { entry } from "./browser-support.ts";

/** A page of the product as one can stand before it. */
export interface Room {
  readonly name: string;
  readonly path: string;
  /** Until this is shown, the page is not there. */
  readonly shows: (page: Page) => Promise<unknown>;
  /** What has to be opened on it. */
  readonly act?: (page: Page) => Promise<unknown>;
}

const shown = (text: string) => (page: Page) => page.getByText(text).first().waitFor();
const listed = (name: string) => (page: Page) => entry(page, name).waitFor();
const dialog = (page: Page) => page.getByRole("dialog").waitFor();

async function select(page: Page, name: string): Promise<void> {
  await entry(page, name).click();
  await page.getByRole("toolbar").waitFor();
}

const selectedAct = (name: string, button: string) => async (page: Page) => {
  await select(page, name);
  await page.getByRole("toolbar").getByRole("button", { name: button }).click();
  await dialog(page);
};

const openDialog = (button: string) => async (page: Page) => {
  await page.getByRole("button", { name: button }).first().click();
  await dialog(page);
};

/** Every room of the demo household for its owner, dialogs among them. */
export async function ownerRooms(demo: Demo): Promise<readonly Room[]> {
  const home = `/files/${await demo.find("My files", "Documents")}`;
  const house = `/files/${await demo.find("My files", "Documents/House")}`;
  const manual = await demo.find("My files", "Documents/House/Heating manual.pdf");
  const readings = await demo.find("My files", "Documents/House/Meter readings.csv");
  const readme = await demo.find("My files", "Documents/Readme.md");
  const photos = await demo.find("Family", "Photos");
  const videos = `/files/${await demo.find("Family", "Videos")}`;
  const video = await demo.find("Family", "Videos/Waves.mp4");
  const onHome = { path: home, shows: listed("Readme.md") };
  return [
    { name: "home", path: "/", shows: shown("Changed last") },
    { name: "files, list", ...onHome },
    { name: "files, grid", path: `${home}?view=grid`, shows: listed("Readme.md") },
    { name: "files, selection", ...onHome, act: (page) => select(page, "Readme.md") },
    { name: "files, inspector", path: `${home}?view=table&panel=details`, shows: listed("Readme.md") },
    { name: "folder of folders", path: `/files/${photos}`, shows: (page) => page.getByRole("grid").waitFor() },
    { name: "share dialog", ...onHome, act: selectedAct("Readme.md", "Share") },
    { name: "move dialog", ...onHome, act: selectedAct("Readme.md", "Move to…") },
    {
      name: "context menu",
      ...onHome,
      act: async (page) => {
        await entry(page, "Readme.md").getByRole("button", { name: "Actions for Readme.md" }).click({ force: true });
        await page.getByRole("menuitem", { name: "Rename" }).waitFor();
      },
    },
    { name: "preview, PDF", path: `${house}?preview=${manual}`, shows: dialog },
    { name: "preview, text", path: `${house}?preview=${readings}`, shows: shown("2026-07-01") },
    { name: "preview, Markdown", path: `${home}?preview=${readme}`, shows: shown("This household is made up.") },
    { name: "preview, video", path: `${videos}?preview=${video}`, shows: dialog },
    { name: "trash", path: "/trash", shows: shown("Garage.txt") },
    { name: "people", path: "/people", shows: shown("Opa Karl") },
    {
      name: "person dialog",
      path: "/people",
      shows: shown("Opa Karl"),
      act: openDialog("Add person"),
    },
    {
      name: "app password dialog",
      path: "/account/apps",
      shows: shown("App passwords"),
      act: openDialog("New app password"),
    },
    { name: "account", path: "/account", shows: shown("Login name") },
    { name: "account, security", path: "/account/security", shows: shown("Current password") },
    { name: "account, devices", path: "/account/devices", shows: shown("Where you are logged in") },
    { name: "storage", path: "/usage", shows: shown("Largest files") },
    { name: "storage, everyone", path: "/usage?everyone=true", shows: shown("Opa Karl") },
    {
      name: "storage limit dialog",
      path: "/usage?everyone=true",
      shows: shown("Opa Karl"),
      act: openDialog("Storage limit of Opa Karl"),
    },
    { name: "unknown address", path: "/nowhere", shows: shown("This page does not exist") },
  ];
}
