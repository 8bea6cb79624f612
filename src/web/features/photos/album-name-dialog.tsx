import { Button, Modal, TextInput } from "@mantine/core";
import { useState, type FormEvent } from "react";
import { photos as t } from "#web/strings/photos.ts";
import { strings } from "#web/strings.ts";
import classes from "./photos.module.css";

interface AlbumNameDialogProps {
  readonly title: string;
  /** What the button says. */
  readonly act: string;
  readonly name: string;
  readonly opened: boolean;
  onClose(): void;
  /** Gets a name that is not empty. */
  onName(name: string): Promise<void>;
}

/** Asks for the name of an album. */
export function AlbumNameDialog({ title, act, opened, onClose, onName, ...props }: AlbumNameDialogProps) {
  const [name, setName] = useState(props.name);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() !== "") await onName(name.trim());
  };
  return (
    <Modal opened={opened} onClose={onClose} title={title} closeButtonProps={{ "aria-label": strings.common.close }}>
      <form onSubmit={(event) => void submit(event)} className={classes.inline}>
        <TextInput
          label={t.albums.name}
          value={name}
          maxLength={200}
          flex={1}
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Button type="submit" disabled={name.trim() === ""}>
          {act}
        </Button>
      </form>
    </Modal>
  );
}
