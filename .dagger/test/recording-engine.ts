import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type FieldNode, Kind, parse, type SelectionSetNode, valueFromASTUntyped } from 'graphql';

/** One field of a query with its arguments: `withExec(args: […])`. Objects among them are chains of their own. */
export interface Call {
  readonly field: string;
  readonly args: Readonly<Record<string, unknown>>;
}

/** What the engine answers where a query ends in this field, by what was called before it. */
export type Answers = Readonly<Record<string, (chain: readonly Call[]) => unknown>>;

export interface RecordingEngine {
  readonly port: number;
  /** The chain of calls that an object of the engine stands for. */
  chainOf(id: string): readonly Call[];
  close(): Promise<void>;
}

/** An engine that runs nothing: an object's id is the chain of calls that leads to it. */
export async function startRecordingEngine(answers: Answers): Promise<RecordingEngine> {
  const server = createServer((request, response) => {
    void answer(request, answers).then((body) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    chainOf: decode,
    close: () => closed(server),
  };
}

async function answer(request: IncomingMessage, answers: Answers): Promise<unknown> {
  const { query } = JSON.parse(await text(request)) as { query: string };
  const operation = parse(query).definitions[0];
  if (operation?.kind !== Kind.OPERATION_DEFINITION)
    return { errors: [{ message: `no operation: ${query}` }] };
  const fields = fieldsOf(operation.selectionSet);
  const chain = fields.slice(0, -1).map(callOf);
  const asked = fields.at(-1)!.name.value;
  const value = asked === 'id' ? encode(chain) : answers[asked]?.(chain);
  if (value === undefined) return { errors: [{ message: `no answer to ${asked}` }] };
  return { data: fields.reduceRight<unknown>((inner, field) => ({ [field.name.value]: inner }), value) };
}

/** The SDK asks along one path: each selection has one field. */
function fieldsOf(selections: SelectionSetNode | undefined): FieldNode[] {
  const field = selections?.selections[0];
  if (field?.kind !== Kind.FIELD) return [];
  return [field, ...fieldsOf(field.selectionSet)];
}

function callOf(field: FieldNode): Call {
  const args = (field.arguments ?? []).map(({ name, value }): [string, unknown] => [
    name.value,
    withoutIds(valueFromASTUntyped(value)),
  ]);
  return { field: field.name.value, args: Object.fromEntries(args) };
}

const ID = 'id:';

function withoutIds(value: unknown): unknown {
  return typeof value === 'string' && value.startsWith(ID) ? decode(value) : value;
}

function encode(chain: readonly Call[]): string {
  return ID + Buffer.from(JSON.stringify(chain)).toString('base64url');
}

function decode(id: string): readonly Call[] {
  return JSON.parse(Buffer.from(id.slice(ID.length), 'base64url').toString()) as Call[];
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
