/** The sign of the product: a flame above the hearth stone. */
export function Mark(props: { readonly sizePx: number }) {
  return (
    <svg width={props.sizePx} height={props.sizePx} viewBox="0 0 512 512" aria-hidden="true" focusable="false">
      <rect width="512" height="512" rx="112" fill="var(--mantine-color-ember-6)" />
      <path
        d="M256 84c14 62 96 96 96 190a96 96 0 0 1-192 0c0-38 18-66 42-90 2 30 14 48 32 56-8-62 2-112 22-156z"
        fill="var(--mantine-color-white)"
      />
      <path d="M256 262c8 30 40 44 40 84a40 40 0 0 1-80 0c0-40 32-54 40-84z" fill="var(--mantine-color-ember-6)" />
      <rect x="136" y="398" width="240" height="28" rx="14" fill="var(--mantine-color-white)" />
    </svg>
  );
}
