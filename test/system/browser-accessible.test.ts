// needs: chromium, ffmpeg
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Demo, startDemo } from "../kit/demo.ts";
import { ownerRooms, type Room } from "./browser-rooms.ts";
import { entry, layoutShiftLimit, useBrowser } from "./browser-support.ts";

const visit = useBrowser();
let demo: Demo;
let rooms: readonly Room[] = [];
let sharedFolder = "";

beforeAll(async () => {
  demo = await startDemo();
  const documents = await demo.find("My files", "Documents");
  await demo.call("files.createFolder", { parentId: documents, path: "Garage.txt" });
  await demo.call("files.remove", { ids: [await demo.find("My files", "Documents/Garage.txt")] });
  const { link } = (await demo.call("links.create", { nodeId: documents, mode: "view" })) as { link: { url: string } };
  sharedFolder = link.url;
  rooms = await ownerRooms(demo);
});
afterAll(() => demo.stop());

const looks = [
  { isPhone: false, isDark: false },
  { isPhone: false, isDark: true },
  { isPhone: true, isDark: false },
  { isPhone: true, isDark: true },
] as const;

describe.each(looks)("phone: $isPhone, dark: $isDark", (look) => {
  test("axe-core finds nothing in any room, nothing scrolls sideways and nothing jumps", async () => {
    const visited = await visit({ url: demo.url, cookie: demo.cookie, ...look });
    const { page } = visited;
    const found: Record<string, unknown> = {};
    for (const room of rooms) {
      await page.goto(room.path);
      await room.shows(page);
      const shift = await visited.layoutShift();
      await room.act?.(page);
      const wrong = [...(await visited.axe())];
      const overflowPx = await visited.overflowPx();
      if (overflowPx > 0) wrong.push(`scrolls sideways by ${overflowPx} px`);
      if (shift >= layoutShiftLimit) wrong.push(`layout shift of ${shift}`);
      if (wrong.length > 0) found[room.name] = wrong;
    }
    expect(found).toEqual({});
  });

  test("axe-core finds nothing where nobody is logged in", async () => {
    const visited = await visit({ url: demo.url, ...look });
    const { page } = visited;
    await page.goto("/login");
    await page.getByRole("button", { name: "Log in" }).waitFor();
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    await page.goto(sharedFolder);
    await entry(page, "Readme.md").waitFor();
    expect(await visited.axe()).toEqual([]);
    expect(await visited.overflowPx()).toBe(0);
    expect(await visited.layoutShift()).toBeLessThan(layoutShiftLimit);
  });
});
