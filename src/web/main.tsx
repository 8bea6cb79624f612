import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "./base.css";
import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "./query-client.ts";
import { StepUpHost } from "./features/step-up/index.ts";
import { prepareInstalled } from "./installed/installed.ts";
import { createPageRouter } from "./routes/router.tsx";
import { strings } from "./strings.ts";
import { cssVariables, theme } from "./theme.ts";

const root = document.getElementById("root");
if (!root) throw new Error("the page has no #root");

const queryClient = createQueryClient(() => void router.invalidate());
const router = createPageRouter(queryClient);

await prepareInstalled(queryClient);
createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={cssVariables} defaultColorScheme="auto">
      <QueryClientProvider client={queryClient}>
        <aside aria-label={strings.common.messages}>
          <Notifications position="bottom-center" limit={2} withinPortal={false} />
        </aside>
        <StepUpHost />
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
