import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  imitatedVendors,
  pushPlainIndex,
  seededBytes,
  startImitation,
  startRegistry,
  whyNoRegistry,
  wholeAt,
  type RealRegistry,
} from '@image-tooling/testkit';

const missing = whyNoRegistry() ?? (existsSync('/usr/bin/skopeo') ? undefined : 'skopeo is not installed');
const run = promisify(execFile);

/** Checks the imitations with another client. */
describe('skopeo pushes to and pulls from an imitation of', () => {
  if (missing !== undefined) {
    it('is not tried', (context) => context.skip(missing));
    return;
  }
  let source: RealRegistry;
  beforeAll(async () => {
    source = await startRegistry();
    const layers = {
      'linux/amd64': seededBytes(300_000, 'amd64'),
      'linux/arm64': seededBytes(5_000_000, 'arm64'),
    };
    await pushPlainIndex(source, 'team/app', '1', layers);
  });
  afterAll(() => source.stop());

  it.each(imitatedVendors)('%s', async (vendor) => {
    const imitation = await startImitation(vendor);
    try {
      const { registry, proxy, user } = imitation;
      const from = `docker://${source.host}/team/app:1`;
      const to = `docker://${proxy.host}/team/app:1`;
      const insecure = ['--src-tls-verify=false', '--dest-tls-verify=false'];
      const credentials = `${user.user}:${user.password}`;
      await run('skopeo', ['copy', '--all', ...insecure, '--dest-creds', credentials, from, to]);
      expect(await wholeAt(registry, 'team/app', '1')).toEqual([]);
      const raw = ['inspect', '--raw', '--tls-verify=false', '--creds', credentials, to];
      expect((await run('skopeo', raw)).stdout).toContain('linux');
    } finally {
      await imitation.stop();
    }
  });
});
