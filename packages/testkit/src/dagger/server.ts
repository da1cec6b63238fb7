import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { answerTo, callsOf, type Call } from './calls';
import { startObjects, type Objects } from './objects';
import { writeFiles, writeImage, type DaggerBuild, type DaggerOutcome } from './outcome';

/** A session with an engine that runs nothing: it answers as a real one (0.21.8) was seen to. */
export interface DaggerServer {
  readonly port: number;
  readonly token: string;
  /** Builds that had a target: those that run something. */
  readonly builds: readonly DaggerBuild[];
  /** Resolves when a client goes away before it has an answer to its query. */
  readonly abandoned: Promise<void>;
  /** What `{version}` is answered with; `silent`: nothing. */
  answerVersion(how: 'well' | 'silent' | 'wrong'): void;
  close(): Promise<void>;
}

const TOKEN = 'dagger-server-token';

/** Starts a server on the loopback interface. `build` decides the outcome of a build. */
export async function startDaggerServer(
  build: (build: DaggerBuild) => DaggerOutcome | Promise<DaggerOutcome>,
): Promise<DaggerServer> {
  const objects = startObjects();
  const builds: DaggerBuild[] = [];
  let version = 'well';
  let abandon = (): void => undefined;
  const abandoned = new Promise<void>((resolve) => (abandon = resolve));

  const answer = async (calls: readonly Call[]): Promise<DaggerOutcome | { value: unknown }> => {
    const last = calls.at(-1);
    if (last?.field === 'version') return version === 'well' ? { value: 'v0.21.8' } : answerWithout(version);
    if (last?.field === 'export') return exported(calls, String(last.args['path']), objects);
    const asked = objects.buildIn(calls);
    if (asked?.target === undefined) return { value: objects.idOf(calls) };
    builds.push(asked);
    const outcome = await build(asked);
    return outcome.kind === 'built' ? { value: objects.keep(outcome) } : outcome;
  };

  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableEnded) abandon();
    });
    void bodyOf(request).then(async (text) => {
      const user = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64');
      const calls = callsOf((JSON.parse(text) as { query: string }).query);
      if (user.toString() === `${TOKEN}:`) reply(response, calls, await answer(calls));
      else response.writeHead(401).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    token: TOKEN,
    builds,
    abandoned,
    answerVersion: (how) => void (version = how),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function answerWithout(version: string): DaggerOutcome {
  return version === 'silent' ? { kind: 'hangs' } : { kind: 'http', status: 502, text: 'engine gone' };
}

async function exported(calls: readonly Call[], path: string, objects: Objects): Promise<{ value: unknown }> {
  const outcome = objects.at(calls[0]?.args['id']) as DaggerOutcome | undefined;
  if (outcome?.kind !== 'built') throw new Error(`nothing to export: ${JSON.stringify(calls)}`);
  const isImage = calls.some(({ field }) => field === 'asTarball');
  await (isImage ? writeImage(path, outcome.layer ?? Buffer.alloc(1024)) : writeFiles(path, outcome.files));
  return { value: path };
}

function reply(
  response: ServerResponse,
  calls: readonly Call[],
  outcome: DaggerOutcome | { value: unknown },
): void {
  const send = (status: number, text: string): void => void response.writeHead(status).end(text);
  if ('value' in outcome) send(200, JSON.stringify({ data: answerTo(calls, outcome.value) }));
  else if (outcome.kind === 'http') send(outcome.status, outcome.text);
  else if (outcome.kind === 'drops') response.destroy();
  else if (outcome.kind === 'error') {
    const { message, extensions } = outcome;
    const path = calls.map(({ field }) => field);
    send(200, JSON.stringify({ data: null, errors: [{ message, path, extensions }] }));
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
