import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusalOf } from './run-reader';
import type { Reader } from './types';

/**
 * Returns skopeo as a reader, which Podman and bootc share their checks with: it copies an image under a policy that
 * accepts signed ones only (containers-policy.json(5)).
 *
 * @param argv how to start it
 * @param home its home folder
 */
export function skopeo(argv: readonly string[], home: string): Reader {
  return {
    name: 'skopeo',
    async image(reference, key) {
      const folder = await mkdtemp(join(home, 'skopeo-'));
      const flags = await writeConfiguration(folder, reference.split('/')[0] ?? '', key);
      return refusalOf(
        [
          ...[...argv, ...flags, 'copy', '--quiet', '--src-tls-verify=false'],
          ...[`docker://${reference}`, `dir:${join(folder, 'image')}`],
        ],
        home,
      );
    },
  };
}

/** containers-registries.d(5): without `use-sigstore-attachments`, `.sig` tags are not looked for. */
async function writeConfiguration(folder: string, host: string, key: string): Promise<string[]> {
  const policy = join(folder, 'policy.json');
  const registries = join(folder, 'registries.d');
  const signed = { type: 'sigstoreSigned', keyPath: key, signedIdentity: { type: 'matchRepository' } };
  const json = { default: [{ type: 'reject' }], transports: { docker: { [host]: [signed] } } };
  await writeFile(policy, JSON.stringify(json));
  await mkdir(registries);
  await writeFile(join(registries, 'here.yaml'), `docker:\n  ${host}:\n    use-sigstore-attachments: true\n`);
  return ['--policy', policy, '--registries.d', registries];
}
