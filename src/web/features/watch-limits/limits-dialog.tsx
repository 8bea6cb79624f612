import { Button, Modal, MultiSelect, NativeSelect, Skeleton, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Limits } from "#contract/apps/media/watch";
import type { Person } from "#contract/security/identity";
import { call, invalidate, type Output, query } from "#web/client.ts";
import { watchLimits as t } from "#web/strings/watch-limits.ts";
import { strings } from "#web/strings.ts";
import { ErrorLine, ErrorState, notifyDone } from "#web/ui/index.ts";
import { libraryChoices } from "./library-choices.ts";

const ages = [0, 6, 12, 16, 18] as const;
const heights = [480, 720, 1080] as const;

/** Age, libraries and quality that somebody may watch. */
export function LimitsDialog({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const limits = useQuery(query("watch.limits", {}));
  const libraries = useQuery(query("libraries.list", {}));
  const error = limits.error ?? libraries.error;
  return (
    <Modal
      opened
      onClose={onClose}
      title={t.title(person.displayName)}
      closeButtonProps={{ "aria-label": strings.common.close }}
    >
      {error && <ErrorState error={error} />}
      {!error && (!limits.data || !libraries.data) && <Skeleton height={280} animate={false} />}
      {limits.data && libraries.data && (
        <Form
          person={person}
          known={limits.data.limits.find(({ userId }) => userId === person.id)}
          libraries={libraries.data.libraries}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

function Form(props: {
  readonly person: Person;
  readonly known: Limits | undefined;
  readonly libraries: Output<"libraries.list">["libraries"];
  onClose(): void;
}) {
  const { person, known, libraries, onClose } = props;
  const client = useQueryClient();
  const choices = libraryChoices(libraries, known?.libraryIds ?? []);
  const [maxAge, setMaxAge] = useState(known?.maxAge ?? null);
  const [allowsUnrated, setAllowsUnrated] = useState(known?.allowsUnrated ?? true);
  const [libraryIds, setLibraryIds] = useState<readonly number[]>(known?.libraryIds ?? []);
  const [maxHeight, setMaxHeight] = useState(known?.maxHeight ?? null);
  const save = useMutation({
    mutationFn: () =>
      call("watch.setLimits", {
        userId: person.id,
        maxAge,
        allowsUnrated,
        libraryIds: libraryIds.length === 0 ? null : [...libraryIds],
        maxHeight,
        maxBitsPerSecond: known?.maxBitsPerSecond ?? null,
      }),
    onSuccess: async () => {
      await invalidate(client, "watch.limits");
      notifyDone(t.saved(person.displayName));
      onClose();
    },
  });
  const numberOf = (value: string): number | null => (value === "" ? null : Number(value));
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t.hint}
      </Text>
      <NativeSelect
        label={t.age}
        value={maxAge === null ? "" : String(maxAge)}
        onChange={(event) => setMaxAge(numberOf(event.currentTarget.value))}
        data={[
          { value: "", label: t.ages.none },
          ...ages.map((age) => ({ value: String(age), label: t.ages.up(age) })),
        ]}
      />
      {maxAge !== null && (
        <Switch
          label={t.unrated}
          description={t.unratedHint}
          checked={allowsUnrated}
          onChange={(event) => setAllowsUnrated(event.currentTarget.checked)}
        />
      )}
      {choices.length > 0 && (
        <MultiSelect
          label={t.libraries}
          description={t.librariesHint}
          data={choices}
          value={libraryIds.map(String)}
          onChange={(ids) => setLibraryIds(ids.map(Number))}
          comboboxProps={{ withinPortal: false }}
        />
      )}
      <NativeSelect
        label={t.height}
        value={maxHeight === null ? "" : String(maxHeight)}
        onChange={(event) => setMaxHeight(numberOf(event.currentTarget.value))}
        data={[
          { value: "", label: t.heights.none },
          ...heights.map((height) => ({ value: String(height), label: t.heights.of(height) })),
        ]}
      />
      <ErrorLine error={save.error} />
      <Button loading={save.isPending} onClick={() => save.mutate()}>
        {t.save}
      </Button>
    </Stack>
  );
}
