import { useLocalStorage } from "@mantine/hooks";
import type { FilesSearch, View } from "./url-state.ts";

/** The view of the address, or the one this browser chose last. */
export function useView(search: FilesSearch): readonly [View, (view: View) => void] {
  const [stored, setStored] = useLocalStorage<View>({
    key: "hearth-files-view",
    defaultValue: "table",
    getInitialValueInEffect: false,
    deserialize: (value) => (value === '"grid"' ? "grid" : "table"),
  });
  return [search.view ?? stored, setStored];
}
