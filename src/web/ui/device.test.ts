import { expect, test } from "bun:test";
import { deviceOf } from "./device.ts";

test("the common browsers and systems by their names", () => {
  const webkit = "AppleWebKit/537.36 (KHTML, like Gecko)";
  expect(deviceOf(`Mozilla/5.0 (X11; Linux x86_64) ${webkit} Chrome/140.0 Safari/537.36`)).toEqual({
    browser: "Chrome",
    system: "Linux",
  });
  expect(deviceOf(`Mozilla/5.0 (Windows NT 10.0) ${webkit} Chrome/140.0 Safari/537.36 Edg/140.0`)).toEqual({
    browser: "Edge",
    system: "Windows",
  });
  expect(
    deviceOf("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile Safari/604.1"),
  ).toEqual({
    browser: "Safari",
    system: "iPhone",
  });
  expect(deviceOf("Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0")).toEqual({
    browser: "Firefox",
    system: "Android",
  });
  expect(deviceOf("curl/8.0")).toBeNull();
});
