import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { atEnd, serve, type TalkOptions } from './registry-transport-helpers';

export const SECRET = 'planted-secret';
export const CREDENTIALS = { REGISTRY_USERNAME: 'ada', REGISTRY_PASSWORD: SECRET };
export const BASIC = `Basic ${Buffer.from(`ada:${SECRET}`).toString('base64')}`;

export interface TokenServer {
  /** Fields of the token service's answer in addition to the token. */
  readonly fields?: object;
  /** Answers in place of the service. */
  readonly refuse?: number;
  /** Milliseconds the service takes. */
  readonly takes?: number;
  /** Whether a token is good for the registry. */
  readonly accepts?: (token: string) => boolean;
  /** Where the challenge says the service is; default: here. */
  readonly realm?: string;
}

/** A registry with its token service; the tokens are planted-token-1, -2, … */
export async function tokenRegistry({
  fields = {},
  refuse,
  takes = 0,
  accepts = () => true,
  realm,
}: TokenServer = {}) {
  const issued: string[] = [];
  const forms: string[] = [];
  const server = await serve(async (request, response) => {
    const form = await text(request);
    if (request.url?.startsWith('/token') === true) {
      await sleep(takes);
      forms.push(form);
      if (refuse !== undefined)
        return response
          .writeHead(refuse)
          .end(JSON.stringify({ errors: [{ code: 'DENIED', message: SECRET }] }));
      issued.push(`planted-token-${issued.length + 1}`);
      return response.end(JSON.stringify({ token: issued.at(-1), ...fields }));
    }
    const token = /^Bearer (.*)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token !== undefined && issued.includes(token) && accepts(token)) return response.end('there');
    const where = realm ?? `${server.url}/token?a=b`;
    response.writeHead(401, {
      'www-authenticate': `Bearer realm="${where}",service="the, registry",scope="repository:team/name:pull"`,
    });
    return response.end(JSON.stringify({ errors: [{ code: 'UNAUTHORIZED', message: `no ${SECRET}` }] }));
  });
  const tokenRequests = () => server.requests.filter(({ line }) => line.includes('/token'));
  return { ...server, issued, forms, tokenRequests };
}

export const LOGGED_IN: TalkOptions = { env: CREDENTIALS };

/** An environment whose docker configuration has a helper that answers so. */
export async function helperEnv(answer: string): Promise<NodeJS.ProcessEnv> {
  const folder = await mkdtemp(join(tmpdir(), 'helper-'));
  atEnd(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'docker-credential-test'), `#!/bin/sh\ncat >/dev/null\necho '${answer}'\n`);
  await chmod(join(folder, 'docker-credential-test'), 0o755);
  await writeFile(join(folder, 'config.json'), '{"credsStore":"test"}');
  return { DOCKER_CONFIG: folder, PATH: `${folder}:${process.env['PATH']}` };
}
