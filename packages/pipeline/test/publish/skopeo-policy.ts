import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '@image-tooling/host';
import { valueOf } from '@image-tooling/testkit/helpers';

/** Whose images skopeo, Podman and bootc accept (containers-policy.json(5)). */
export interface AcceptedKey {
  /** Of the registry. */
  readonly host: string;
  readonly publicKey: string;
}

/** Copies an image with skopeo, which accepts only images that are signed with a key. Returns its error output. */
export async function skopeoRefusal(
  reference: string,
  parent: string,
  accepted: AcceptedKey,
): Promise<string> {
  const folder = await mkdtemp(join(parent, 'skopeo-'));
  const [policy, registries] = await writeConfiguration(folder, accepted);
  const { exitCode, stderr } = valueOf(
    await run({
      argv: [
        'skopeo',
        ...['--policy', policy, '--registries.d', registries],
        ...['copy', '--quiet', '--src-tls-verify=false'],
        ...[`docker://${reference}`, `dir:${join(folder, 'image')}`],
      ],
      timeoutSeconds: 60,
    }),
  );
  return exitCode === 0 ? '' : stderr;
}

/** containers-registries.d(5): without `use-sigstore-attachments`, `.sig` tags are not looked for. */
async function writeConfiguration(
  folder: string,
  { host, publicKey }: AcceptedKey,
): Promise<[string, string]> {
  const [key, policy, registries] = ['key.pub', 'policy.json', 'registries.d'].map((name) =>
    join(folder, name),
  ) as [string, string, string];
  const signed = { type: 'sigstoreSigned', keyPath: key, signedIdentity: { type: 'matchRepository' } };
  await writeFile(key, publicKey);
  await writeFile(
    policy,
    JSON.stringify({ default: [{ type: 'reject' }], transports: { docker: { [host]: [signed] } } }),
  );
  await mkdir(registries);
  await writeFile(join(registries, 'here.yaml'), `docker:\n  ${host}:\n    use-sigstore-attachments: true\n`);
  return [policy, registries];
}
