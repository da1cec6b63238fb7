import { Kind, parse, valueFromASTUntyped, type FieldNode, type SelectionSetNode } from 'graphql';

/** One field of a query, with its arguments. */
export interface Call {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** Returns the calls of a query, outermost first: Dagger's clients select one field in each. */
export function callsOf(document: string): Call[] {
  const [operation] = parse(document).definitions;
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`no query: ${document}`);
  const calls: Call[] = [];
  for (let next: SelectionSetNode | undefined = operation.selectionSet; next;) {
    const field = next.selections[0] as FieldNode;
    const args = (field.arguments ?? []).map(({ name, value }) => [name.value, valueFromASTUntyped(value)]);
    calls.push({ field: field.name.value, args: Object.fromEntries(args) as Call['args'] });
    next = field.selectionSet;
  }
  return calls;
}

/** Returns a value in the shape of the query that asked for it. */
export function answerTo(calls: readonly Call[], value: unknown): unknown {
  return calls.reduceRight((inner, { field }) => ({ [field]: inner }), value);
}
