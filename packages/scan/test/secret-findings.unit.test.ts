import { describe, expect, it } from 'vitest';
import { valueOf } from '@image-tooling/testkit/helpers';
import { fileEntry, indexPaths, type TarEntry } from '@image-tooling/layer';
import { digestOf, type LayerKind } from '@image-tooling/model';
import {
  notReported,
  secretFindings,
  secretsOfConfig,
  secretsOfLayer,
  type SearchedLayer,
} from '../src/index';
import { layerOf } from './layer-of';
import { PKCS8, random } from './samples';

const TOKEN = `ghp_${random(36)}`;
const PASSWORD = random(12);

describe("secrets in an image's config", () => {
  it.each([
    ['a password in ENV', { env: [`DB_PASSWORD=${PASSWORD}`] }, 'ENV DB_PASSWORD', 'secret-variable'],
    ['a camel-case name', { env: [`apiToken=${PASSWORD}`] }, 'ENV apiToken', 'secret-variable'],
    [
      'an AWS key',
      { env: [`AWS_SECRET_ACCESS_KEY=${random(30)}`] },
      'ENV AWS_SECRET_ACCESS_KEY',
      'secret-variable',
    ],
    ['a token under any name', { env: [`A=${TOKEN}`] }, 'ENV A', 'github-token'],
    ['a URL', { env: [`PROXY=http://u:${PASSWORD}7@proxy.internal`] }, 'ENV PROXY', 'url-password'],
    ['a label', { labels: { 'build.token': PASSWORD } }, 'label build.token', 'secret-variable'],
    ['a token in a label', { labels: { a: TOKEN } }, 'label a', 'github-token'],
    [
      'an argument of a build',
      { history: ['ok', `RUN |1 TOKEN=${PASSWORD} /bin/sh -c make`] },
      'history 2, TOKEN',
      'secret-variable',
    ],
    [
      'a quoted one',
      { history: [`RUN export A_SECRET="${PASSWORD} x" && make`] },
      'history 1, A_SECRET',
      'secret-variable',
    ],
    [
      'a token in the history',
      { history: [`RUN git clone https://${TOKEN}@github.com/a`] },
      'history 1',
      'github-token',
    ],
    ['an option', { cmd: ['run', '--password', PASSWORD] }, 'command, password', 'secret-variable'],
    [
      'an option with "="',
      { entrypoint: ['run', `--api-key=${PASSWORD}`] },
      'entrypoint, api-key',
      'secret-variable',
    ],
    ['a key', { env: [`KEY=${PKCS8.replaceAll('\n', '\\n')}`] }, 'ENV KEY', 'private-key'],
  ])('are found: %s', (_what, config, setting, rule) => {
    const found = secretsOfConfig(config);
    expect(found).toMatchObject([{ setting, rule }]);
    for (const secret of [TOKEN, PASSWORD]) expect(JSON.stringify(found)).not.toContain(secret.slice(2, 10));
  });

  it.each([
    ['empty', 'DB_PASSWORD='],
    ['a switch', 'MYSQL_ALLOW_EMPTY_PASSWORD=yes'],
    ['a file', 'DB_PASSWORD=/run/secrets/db'],
    ['a name of a file', 'DB_PASSWORD_FILE=/run/secrets/db'],
    ['another variable', 'DB_PASSWORD=${OTHER}'],
    ['a setting of tokens', 'TOKEN_LIFETIME=3600'],
    ['a public key', 'GPG_KEY=E3FF2839C048B25C084DEBE9B26995E310250568'],
    ['the folder', 'PWD=/home/a'],
    ['other words', 'COMPASS=north'],
    ['a path of programs', 'PATH=/usr/local/bin:/usr/bin'],
  ])('are not what is %s', (_what, line) => {
    expect(secretsOfConfig({ env: [line], history: [`ENV ${line}`] })).toEqual([]);
  });
});

describe('findings of secrets', () => {
  const owner = { owner: 'tools', file: 'images/tools/image.json' };

  async function layer(kind: LayerKind, ...entries: TarEntry[]): Promise<SearchedLayer> {
    const secrets = valueOf(await secretsOfLayer(layerOf(entries)));
    return { kind, digest: digestOf(String(entries.length)), paths: indexPaths(entries), secrets };
  }

  it('say what, where, in which layer, and what to do', async () => {
    const files = await layer('files', fileEntry('root/.git-token', `x\n${TOKEN}`));
    const [finding, ...others] = secretFindings({ layers: [files], config: [] }, () => owner);
    expect(others).toEqual([]);
    expect(finding).toEqual({
      kind: 'secret',
      id: 'github-token',
      aliases: [`github-token:${files.secrets.hits[0]?.fingerprint}`],
      severity: 'critical',
      title: 'A token of GitHub is in /root/.git-token, line 2: ghp_… (40 characters).',
      place: '/root/.git-token',
      layer: files.digest,
      advice:
        'Remove it from rootfs/; give it to the container when it starts. Then revoke or replace it: everyone who pulled the image has it.',
      ...owner,
    });
  });

  it('have the secret of a file that a later layer removes, replaces or hides', async () => {
    const below = await layer('files', fileEntry('a/key', PKCS8));
    const above = [
      fileEntry('a/.wh.key', ''),
      fileEntry('a/key', 'x'),
      fileEntry('a/.wh..wh..opq', ''),
      fileEntry('.wh.a', ''),
    ];
    for (const entry of above) {
      const layers = [below, await layer('files', entry)];
      const [finding] = secretFindings({ layers, config: [] }, () => owner);
      expect(finding?.title).toMatch(
        /It is still in the layer, though a later layer removes or replaces the file\.$/,
      );
    }
    const layers = [below, await layer('files', fileEntry('b', 'x'))];
    expect(secretFindings({ layers, config: [] }, () => owner)[0]?.title).not.toContain('still');
  });

  it('leave out what everyone can download, and count it', async () => {
    const packages = await layer('apt', fileEntry('usr/lib/a.pem', PKCS8));
    const [hit] = packages.secrets.hits;
    const published = {
      ...packages,
      secrets: { hits: [{ ...hit!, published: true as const }], unopened: 3 },
    };
    const tool = await layer('tool', fileEntry('usr/lib/node_modules/a/test/a.pem', PKCS8));
    const layers = [published, tool];
    expect(secretFindings({ layers, config: [] }, () => owner)).toEqual([]);
    expect(notReported(layers)).toEqual({ published: 1, examples: 1, unopened: 3 });
  });

  it('report the same files of a files layer, and others of a tool', async () => {
    const own = await layer('files', fileEntry('opt/test/a.pem', PKCS8));
    const marked = {
      ...own,
      secrets: { hits: [{ ...own.secrets.hits[0]!, published: true as const }], unopened: 0 },
    };
    const tool = await layer('tool', fileEntry('usr/lib/a.pem', PKCS8));
    expect(secretFindings({ layers: [marked, tool], config: [] }, () => owner)).toHaveLength(2);
  });

  it('name equal secrets of a file once', async () => {
    const files = await layer('files', fileEntry('a', `${TOKEN} ${TOKEN}\nghp_${random(36)}`));
    expect(secretFindings({ layers: [files], config: [] }, () => owner)).toHaveLength(2);
  });

  it('have those of the config, of the image that sets them', () => {
    const config = secretsOfConfig({ env: [`A_TOKEN=${PASSWORD}`] }).map((hit) => ({
      ...hit,
      owner: 'base',
    }));
    const bringerOf = (_layer: unknown, by = 'nobody') => ({ owner: by, file: `images/${by}/image.json` });
    expect(secretFindings({ layers: [], config }, bringerOf)).toMatchObject([
      {
        id: 'secret-variable',
        place: 'ENV A_TOKEN',
        title: "A password, token or key in a variable is in the image's config: … (12 characters)",
        owner: 'base',
      },
    ]);
  });
});
