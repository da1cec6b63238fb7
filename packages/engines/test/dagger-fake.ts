import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** How a `dagger` of the tests behaves. */
export interface FakeBehaviour {
  /** Default 0.21.8. */
  readonly version?: string;
  /** `refuses`: ends with an error; `hangs`: never gets ready, deaf to its input too, as while connecting. */
  readonly session?: 'works' | 'refuses' | 'hangs';
}

export const FAKE_TOKEN = 'f4ke-t0ken';

/**
 * Writes a program that behaves like `dagger`: prints its version, and serves a session while its standard
 * input is open, ignoring SIGTERM. Each session adds its process id and its runner host to `sessions.log`
 * next to it. A session that gets the query `{stop}` fails as if the engine had died: HTTP 500 from then on.
 */
export async function writeFakeDagger(folder: string, behaviour: FakeBehaviour = {}): Promise<string> {
  const { version = '0.21.8', session = 'works' } = behaviour;
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'dagger');
  await writeFile(
    path,
    `#!${process.execPath}
const { appendFileSync } = require('node:fs');
const { createServer } = require('node:http');
if (process.argv[2] === 'version') {
  console.log('dagger v${version} (image://registry.invalid/engine:v${version}) linux/amd64');
  process.exit(0);
}
if (process.argv.slice(2).join(' ') !== '--progress plain session') process.exit(64);
const host = process.env._EXPERIMENTAL_DAGGER_RUNNER_HOST;
const inherited = process.env.DAGGER_SESSION_PORT;
appendFileSync(__dirname + '/sessions.log', JSON.stringify({ pid: process.pid, host, inherited }) + '\\n');
process.on('SIGTERM', () => undefined);
console.error('1   : connect');
if ('${session}' === 'refuses') {
  console.error('1   : engine said no');
  process.exit(1);
}
if ('${session}' === 'hangs') setInterval(() => undefined, 1000);
else serve();

function serve() {
  let broken = false;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += chunk));
    request.on('end', () => {
      const user = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64');
      if (user.toString() !== '${FAKE_TOKEN}:') return response.writeHead(401).end();
      if (JSON.parse(text).query === '{stop}') broken = true;
      response.writeHead(broken ? 500 : 200);
      response.end(broken ? 'engine gone' : JSON.stringify({ data: { version: 'v${version}' } }));
    });
  });
  server.listen(0, '127.0.0.1', () =>
    console.log(JSON.stringify({ port: server.address().port, session_token: '${FAKE_TOKEN}' })),
  );
  process.stdin.resume().on('end', () => process.exit(0));
}
`,
  );
  await chmod(path, 0o755);
  return path;
}
