import { Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { call, invalidate, type Input } from "#web/client.ts";
import { useSession } from "#web/frame/session.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine } from "#web/ui/index.ts";
import { AppPasswordFacts } from "./app-password-facts.tsx";

const t = strings.account.apps;
const scopes = ["files", "files:share", "files:read"] as const;

/** Asks what the app password is for, then shows its secret once, with what else the program wants to know. */
export function NewAppPassword({ onClose }: { onClose(): void }) {
  const client = useQueryClient();
  const { person } = useSession();
  const create = useMutation({
    mutationFn: (input: Input<"appPassword.create">) => call("appPassword.create", input),
    onSuccess: () => invalidate(client, "appPassword.list"),
  });
  const secret = create.data?.secret;
  return (
    <Modal
      opened
      onClose={onClose}
      title={secret ? t.created : t.add}
      closeOnClickOutside={!secret}
      closeOnEscape={!secret}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {secret ? (
        <AppPasswordFacts
          address={[t.davAddress, "/dav/"]}
          user={person?.name ?? ""}
          secret={secret}
          onClose={onClose}
        />
      ) : (
        <Form busy={create.isPending} error={create.error} onCreate={create.mutate} onClose={onClose} />
      )}
    </Modal>
  );
}

function Form(props: {
  readonly busy: boolean;
  readonly error: unknown;
  onCreate(input: Input<"appPassword.create">): void;
  onClose(): void;
}) {
  const [label, setLabel] = useState("");
  const [scope, setScope] = useState<(typeof scopes)[number]>("files");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (label.trim() !== "") props.onCreate({ label: label.trim(), scope });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="md">
        <TextInput
          label={t.label}
          placeholder={t.labelPlaceholder}
          value={label}
          onChange={(event) => setLabel(event.currentTarget.value)}
          maxLength={100}
          data-autofocus
        />
        <Radio.Group
          label={t.scope}
          value={scope}
          onChange={(value) => setScope(scopes.find((scope) => scope === value) ?? "files")}
        >
          <Stack gap="xs" mt={4}>
            {scopes.map((value) => (
              <Radio key={value} value={value} label={t.scopes[value]} />
            ))}
          </Stack>
        </Radio.Group>
        <ErrorLine error={props.error} />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="gray" onClick={props.onClose}>
            {strings.common.cancel}
          </Button>
          <Button type="submit" loading={props.busy} disabled={label.trim() === ""}>
            {t.create}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
