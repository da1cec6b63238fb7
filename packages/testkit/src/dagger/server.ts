import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { answerTo, callsOf, type Call } from './calls';
import { writeFiles, writeImage, type DaggerBuild, type DaggerOutcome } from './outcome';

/** A session with an engine that runs nothing: it answers as a real one (0.21.8) was seen to. */
export interface DaggerServer {
  readonly port: number;
  readonly token: string;
  readonly builds: readonly DaggerBuild[];
  /** Queries whose client went away before it had an answer. */
  readonly abandoned: number;
  /** What `{version}` is answered with; `silent`: nothing. */
  answerVersion(how: 'well' | 'silent' | 'wrong'): void;
  close(): Promise<void>;
}

const TOKEN = 'dagger-server-token';

/** Starts a server on the loopback interface. `build` decides what comes of a build. */
export async function startDaggerServer(
  build: (build: DaggerBuild) => DaggerOutcome | Promise<DaggerOutcome>,
): Promise<DaggerServer> {
  const objects = new Map<string, unknown>();
  const builds: DaggerBuild[] = [];
  let version = 'well';
  let abandoned = 0;

  const idOf = (object: unknown): string => {
    const id = `id-${objects.size}`;
    objects.set(id, object);
    return id;
  };

  const dockerBuild = async (calls: readonly Call[]): Promise<DaggerOutcome> => {
    const asked = buildOf(calls, (id) => objects.get(String(id)));
    builds.push(asked);
    return build(asked);
  };

  const answer = async (calls: readonly Call[]): Promise<DaggerOutcome | { value: unknown }> => {
    const has = (field: string): Call | undefined => calls.find((call) => call.field === field);
    if (has('version')) return version === 'well' ? { value: 'v0.21.8' } : answerWithout(version);
    if (has('dockerBuild')) {
      const outcome = await dockerBuild(calls);
      return outcome.kind === 'built' ? { value: idOf(outcome) } : outcome;
    }
    if (has('unixSocket')) return { value: idOf(has('unixSocket')?.args['path']) };
    const outcome = objects.get(String(has('loadContainerFromID')?.args['id'])) as DaggerOutcome | undefined;
    const path = has('export')?.args['path'];
    if (outcome?.kind === 'built' && typeof path === 'string') {
      if (has('asTarball')) await writeImage(path, outcome.layer ?? Buffer.alloc(1024));
      else await writeFiles(path, outcome.files);
      return { value: path };
    }
    if (has('directory')) return { value: idOf(has('directory')?.args['path']) };
    throw new Error(`The server has no answer to ${JSON.stringify(calls)}`);
  };

  const server = createServer((request, response) => {
    response.on('close', () => (abandoned += response.writableEnded ? 0 : 1));
    void bodyOf(request).then(async (text) => {
      const user = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64');
      if (user.toString() !== `${TOKEN}:`) return response.writeHead(401).end();
      const calls = callsOf((JSON.parse(text) as { query: string }).query);
      return reply(response, calls, await answer(calls));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    token: TOKEN,
    builds,
    get abandoned() {
      return abandoned;
    },
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

function buildOf(calls: readonly Call[], object: (id: unknown) => unknown): DaggerBuild {
  const of = (field: string): Call['args'] => calls.find((call) => call.field === field)?.args ?? {};
  const { path, include } = of('directory') as { path: string; include: string[] };
  const { dockerfile, platform, ssh } = of('dockerBuild') as Record<string, string>;
  const added = calls
    .filter(({ field }) => field === 'withDirectory')
    .map(({ args }) => [args['path'], object(args['source'])]);
  return {
    dockerfile: readFileSync(join(path, dockerfile ?? ''), 'utf8'),
    platform: platform ?? '',
    context: path,
    include,
    added: Object.fromEntries(added) as DaggerBuild['added'],
    ...(ssh !== undefined && { socket: String(object(ssh)) }),
  };
}

function reply(
  response: ServerResponse,
  calls: readonly Call[],
  outcome: DaggerOutcome | { value: unknown },
): void {
  const send = (status: number, text: string): void => void response.writeHead(status).end(text);
  if ('value' in outcome) return send(200, JSON.stringify({ data: answerTo(calls, outcome.value) }));
  if (outcome.kind === 'http') return send(outcome.status, outcome.text);
  if (outcome.kind === 'drops') return void response.destroy();
  if (outcome.kind !== 'error') return;
  const { message, extensions } = outcome;
  send(
    200,
    JSON.stringify({ data: null, errors: [{ message, path: calls.map(({ field }) => field), extensions }] }),
  );
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
