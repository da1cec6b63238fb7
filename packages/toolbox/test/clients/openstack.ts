import { expect } from 'vitest';
import { writeAs } from '../behaviour';
import type { Check } from '../each-engine';
import type { RealEngine } from '../real-engines';
import type { Keystone } from '../services/keystone';
import { aliasOf, outputOf, toolboxOf } from './caller';

/** Calls of openstack in an image; `at` gives what was started. */
export function checkOpenStack(
  check: Check,
  image: (engine: RealEngine) => string,
  at: () => Keystone,
): void {
  check('openstack logs in by clouds.yaml and secure.yaml', (engine) => {
    writeAs(engine, '.config/openstack/clouds.yaml', cloudsText(at()));
    writeAs(engine, '.config/openstack/secure.yaml', secretsText(at().password));
    const toolbox = toolboxOf(engine, image(engine));
    for (const keep of [[], ['--keep=60']]) {
      const openstack = (...words: readonly string[]) =>
        JSON.parse(
          outputOf(toolbox([...keep, 'openstack', '--os-cloud=mine', ...words, '--format=json'])),
        ) as unknown;
      expect(openstack('token', 'issue')).toMatchObject({ id: expect.stringMatching(/^gAAAA/) as string });
      expect(openstack('project', 'list')).toEqual([{ ID: expect.any(String) as string, Name: at().admin }]);
    }
  });

  check('openstack logs in by OS_ variables', async (engine) => {
    const openstack = await aliasOf(engine, image(engine), 'openstack');
    const place = { env: environmentOf(at(), at().password) };
    const list = ['project', 'list', '--format=value', '--column=Name'];
    const token = outputOf(openstack(['token', 'issue', '--format=value', '--column=id'], place));
    expect(token).toMatch(/^gAAAA\S+\n$/);
    expect(outputOf(openstack(list, place))).toBe(`${at().admin}\n`);
    const refused = openstack(list, { env: environmentOf(at(), 'wrong') });
    expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
    expect(refused.stderr).toContain('(HTTP 401)');
    const without = toolboxOf(engine, image(engine))(['--without', 'openstack', 'openstack', ...list], place);
    expect(without).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('auth-url') as string });
  });
}

function cloudsText({ url, admin, region }: Keystone): string {
  const names = `username: ${admin}, project_name: ${admin}, user_domain_id: default, project_domain_id: default`;
  return `clouds:\n  mine:\n    auth: { auth_url: '${url}', ${names} }\n    region_name: ${region}\n`;
}

function secretsText(password: string): string {
  return `clouds:\n  mine:\n    auth: { password: '${password}' }\n`;
}

function environmentOf({ url, admin, region }: Keystone, password: string): Record<string, string> {
  return {
    OS_AUTH_URL: url,
    OS_USERNAME: admin,
    OS_PASSWORD: password,
    OS_PROJECT_NAME: admin,
    OS_USER_DOMAIN_ID: 'default',
    OS_PROJECT_DOMAIN_ID: 'default',
    OS_REGION_NAME: region,
    OS_IDENTITY_API_VERSION: '3',
  };
}
