import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { type ReactNode, useEffect, useEffectEvent, useState } from "react";
import classes from "./search-field.module.css";

const debounceMs = 200;

interface SearchFieldProps {
  /** Name of the field, also shown while it is empty. */
  readonly label: string;
  readonly value: string;
  /** Told without blanks at the ends, once the typing rests. */
  onChange(value: string): void;
}

/** A search field, which takes the room that is left, and what else chooses from a list. */
export function SearchBar({ children }: { readonly children: ReactNode }) {
  return (
    <div role="search" className={classes.bar}>
      {children}
    </div>
  );
}

/** Searches in what a page lists while it is typed into. */
export function SearchField(props: SearchFieldProps) {
  const [text, setText] = useState(props.value);
  const [settled] = useDebouncedValue(text.trim(), debounceMs);
  const write = useEffectEvent((value: string) => {
    if (value !== props.value) props.onChange(value);
  });
  useEffect(() => write(settled), [settled]);
  return (
    <TextInput
      type="search"
      className={classes.field}
      maxLength={200}
      leftSection={<IconSearch size={16} aria-hidden="true" />}
      aria-label={props.label}
      placeholder={props.label}
      value={text}
      onChange={(event) => setText(event.currentTarget.value)}
    />
  );
}
