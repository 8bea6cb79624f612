import { Kbd, Modal, Text, TextInput, VisuallyHidden } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { query } from "#web/client.ts";
import { strings } from "#web/strings.ts";
import { paletteGroups, type PaletteEntry } from "./palette-entries.tsx";
import classes from "./palette.module.css";
import { useSession } from "./session.ts";
import { usePaletteActions } from "./use-palette-actions.tsx";

const fileHits = 20;
const debounceMs = 60;

/** One place to find pages, files, people and actions, by keyboard. */
export function Palette(props: { readonly onClose: () => void }) {
  const { onClose } = props;
  const t = strings.frame.palette;
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const listId = useId();
  const { can } = useSession();
  const [asked] = useDebouncedValue(text.trim(), debounceMs);
  const files = useQuery({
    ...query("search.find", { query: asked || " ", limit: fileHits, inText: false }),
    enabled: asked.length > 0 && can("files.use"),
    placeholderData: keepPreviousData,
  });
  const people = useQuery({ ...query("people.list", {}), enabled: asked.length > 0 && can("people.read") });
  const actions = usePaletteActions();
  const groups = paletteGroups({
    text,
    can,
    hits: asked ? (files.data?.hits ?? []) : [],
    people: asked ? (people.data?.people ?? []) : [],
    actions,
  });
  const entries = groups.flatMap((group) => group.entries);
  const active = Math.min(at, entries.length - 1);
  const run = (entry: PaletteEntry | undefined): void => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const onKeyDown = (event: React.KeyboardEvent): void => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    if (step !== 0 && entries.length > 0) {
      event.preventDefault();
      const next = (active + step + entries.length) % entries.length;
      setAt(next);
      document.getElementById(`${listId}-${next}`)?.scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      event.preventDefault();
      run(entries[active]);
    }
  };
  const settled = asked.length > 0 && !files.isFetching;
  let index = -1;
  return (
    <Modal.Root opened onClose={onClose} padding={0} size="lg" centered={false} yOffset="10vh">
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content aria-label={t.title}>
        <TextInput
          data-autofocus
          variant="unstyled"
          size="md"
          className={classes.input}
          leftSection={<IconSearch size={20} aria-hidden="true" />}
          placeholder={t.placeholder}
          aria-label={t.placeholder}
          role="combobox"
          aria-expanded={entries.length > 0}
          aria-controls={listId}
          aria-activedescendant={entries.length > 0 ? `${listId}-${active}` : undefined}
          aria-autocomplete="list"
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={onKeyDown}
        />
        <div className={classes.list} id={listId} role="listbox" aria-label={t.title}>
          {groups.map((group) => (
            <div key={group.label} role="group" aria-label={group.label}>
              <div className={classes.label} aria-hidden="true">
                {group.label}
              </div>
              {group.entries.map((entry) => {
                index += 1;
                const mine = index;
                return (
                  <div
                    key={entry.key}
                    id={`${listId}-${mine}`}
                    role="option"
                    aria-selected={mine === active}
                    className={classes.entry}
                    data-active={mine === active || undefined}
                    onPointerMove={() => setAt(mine)}
                    onClick={() => run(entry)}
                  >
                    {entry.icon}
                    <span className={classes.name}>{entry.label}</span>
                    {entry.hint && <span className={classes.hint}>{entry.hint}</span>}
                  </div>
                );
              })}
            </div>
          ))}
        </div>
        <VisuallyHidden role="status">{settled ? t.hits(entries.length) : ""}</VisuallyHidden>
        {settled && entries.length === 0 && (
          <Text ta="center" c="dimmed" size="sm" pb="xl">
            {t.empty}. {t.emptyHint}
          </Text>
        )}
        {files.data?.more && asked && (
          <Text c="dimmed" size="xs" px="md" pb="xs">
            {t.more}
          </Text>
        )}
        <div className={classes.foot}>
          <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t.move} <Kbd size="xs">Enter</Kbd> {t.open}
        </div>
      </Modal.Content>
    </Modal.Root>
  );
}
