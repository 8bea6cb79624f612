import { expect, test } from "bun:test";
import { emptyTest, requestOf } from "./test-request.ts";

test("what is left open in the box is left out of the request", () => {
  expect(requestOf(emptyTest)).toEqual({ method: "GET", path: "/", zone: "outside" });
  expect(requestOf({ ...emptyTest, path: "dav/home", from: "address", address: " 192.0.2.7 " })).toEqual({
    method: "GET",
    path: "/dav/home",
    address: "192.0.2.7",
  });
});

test("who, when and how much are told when they are given", () => {
  const filled = { user: "tom", day: "mon", time: "22:00", bodyMiB: 1.5, contentType: "Image/JPEG" } as const;
  expect(requestOf({ ...emptyTest, ...filled, via: "app-password", strength: "none", certificate: true })).toEqual({
    method: "GET",
    path: "/",
    zone: "outside",
    user: "tom",
    strength: "none",
    via: "app-password",
    certificate: true,
    at: { day: "mon", time: "22:00" },
    bodyBytes: 1_572_864,
    contentType: "image/jpeg",
  });
});
