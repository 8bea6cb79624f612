/** What the linter hands to a rule, as far as the rule below needs it (ESLint's plugin interface). */
interface FunctionNode {
  readonly loc: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
}
interface RuleContext {
  readonly options: readonly unknown[];
  readonly report: (problem: { readonly node: FunctionNode; readonly message: string }) => void;
}

function maxOf(options: readonly unknown[]): number {
  const first = options[0];
  return typeof first === "object" && first !== null && "max" in first ? Number(first.max) : 60;
}

const linesOf = ({ loc }: FunctionNode): number => loc.end.line - loc.start.line + 1;

/**
 * The length of a function without the functions inside it, which are counted for themselves: `createX(deps)` that returns
 * closures is measured like a class with methods. A function on one line takes nothing from its surroundings.
 */
const functionLines = {
  meta: { schema: [{ type: "object", properties: { max: { type: "integer" } } }] },
  create(context: RuleContext) {
    const max = maxOf(context.options);
    /** Lines that functions inside have taken, for each function that is being read. */
    const open: number[] = [];
    const enter = (): void => {
      open.push(0);
    };
    const leave = (node: FunctionNode): void => {
      const own = linesOf(node) - (open.pop() ?? 0);
      const outer = open.length - 1;
      if (outer >= 0) open[outer] = (open[outer] ?? 0) + linesOf(node) - 1;
      if (own > max)
        context.report({ node, message: `The function has too many lines (${own}); at most ${max} are allowed.` });
    };
    return {
      FunctionDeclaration: enter,
      FunctionExpression: enter,
      ArrowFunctionExpression: enter,
      "FunctionDeclaration:exit": leave,
      "FunctionExpression:exit": leave,
      "ArrowFunctionExpression:exit": leave,
    };
  },
};

interface MetaNode {
  readonly loc: FunctionNode["loc"];
  readonly object: { readonly type: string };
  readonly property: { readonly name?: string };
}

/** `import.meta.env` is the environment under another name. */
const noMetaEnvironment = {
  create: (context: RuleContext) => ({
    MemberExpression: (node: MetaNode): void => {
      if (node.object.type !== "MetaProperty" || node.property.name !== "env") return;
      context.report({ node, message: "Only platform/config reads the environment." });
    },
  }),
};

export default {
  meta: { name: "house" },
  rules: { "function-lines": functionLines, "no-meta-environment": noMetaEnvironment },
};
