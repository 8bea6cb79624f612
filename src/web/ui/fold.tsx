import { Collapse, UnstyledButton } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronRight } from "@tabler/icons-react";
import type { ReactNode } from "react";
import classes from "./fold.module.css";

/** What few need, closed until it is asked for. */
export function Fold(props: { readonly label: string; readonly children: ReactNode }) {
  const [isOpen, { toggle }] = useDisclosure(false);
  return (
    <>
      <UnstyledButton className={classes.fold} aria-expanded={isOpen} onClick={toggle}>
        <IconChevronRight size={16} stroke={1.5} aria-hidden="true" />
        {props.label}
      </UnstyledButton>
      <Collapse expanded={isOpen}>{props.children}</Collapse>
    </>
  );
}
