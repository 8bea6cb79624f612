import { lazy, type ComponentType } from "react";

const key = "hearth-reloaded-at";
const onceInMs = 60_000;

/**
 * A part of the page that is loaded when it is first shown. After an update of the server the part of an open page may be gone:
 * then the page is loaded anew, at most once a minute, and the error is thrown otherwise.
 */
export function lazyPart<P extends object>(load: () => Promise<ComponentType<P>>) {
  return lazy(async () => {
    try {
      return { default: await load() };
    } catch (error) {
      const last = Number(sessionStorage.getItem(key) ?? 0);
      if (Date.now() - last < onceInMs) throw error;
      sessionStorage.setItem(key, String(Date.now()));
      location.reload();
      return new Promise<never>(() => {});
    }
  });
}
