import { Anchor, Button, type AnchorProps, type ButtonProps } from "@mantine/core";
import { createLink } from "@tanstack/react-router";
import type { ComponentProps } from "react";

type Native = Omit<ComponentProps<"a">, "color" | "style">;

/** A button, and a line of text, that lead somewhere. */
export const LinkButton = createLink((props: ButtonProps & Native) => <Button component="a" {...props} />);
export const LinkAnchor = createLink((props: AnchorProps & Native) => <Anchor {...props} />);
