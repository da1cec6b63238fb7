import { readFile, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Finding, Machine, ReadyMachine } from './finding';

/** A file that KUBECONFIG names, or the usual one. */
interface KubeconfigFile {
  readonly path: string;
  readonly text: string | undefined;
}

/** Checks that kubeconfig files are there, and that what they name is visible in the container. */
export async function checkKubeconfig(machine: ReadyMachine): Promise<Finding[]> {
  const files = await kubeconfigFiles(machine);
  const named = machine.host.env['KUBECONFIG'] ? files : [];
  const missing = named.filter(({ text }) => text === undefined).map(({ path }) => missingFinding(path));
  return [...missing, ...files.flatMap((file) => outsideFindings(file, machine))];
}

/** Returns the programs that kubeconfig files run to get tokens (client.authentication.k8s.io). */
export async function pluginsOf(machine: Machine): Promise<string[]> {
  const files = await kubeconfigFiles(machine);
  const found = files.flatMap(({ text = '' }) => valuesOf(text, 'command'));
  return [...new Set(found)].filter((name) => !name.includes('/'));
}

async function kubeconfigFiles({ host }: Machine): Promise<KubeconfigFile[]> {
  const { env } = host;
  const list = env['KUBECONFIG'] || join(env['HOME'] ?? '', '.kube/config');
  const paths = list.split(':').filter((path) => path !== '');
  return Promise.all(
    paths.map(async (path) => {
      const absolute = resolve(host.cwd(), path);
      const isFile = (await stat(absolute).catch(() => undefined))?.isFile() === true;
      const text = isFile ? await readFile(absolute, 'utf8').catch(() => undefined) : undefined;
      return { path: absolute, text };
    }),
  );
}

function missingFinding(path: string): Finding {
  return {
    id: 'kubeconfig-missing',
    problem: `KUBECONFIG names a file that cannot be read: ${path}`,
    fix: 'Correct KUBECONFIG, or unset it to use ~/.kube/config.',
  };
}

/** Only the files themselves, ~/.kube and the project are mounted. */
function outsideFindings({ path, text = '' }: KubeconfigFile, { host, now }: ReadyMachine): Finding[] {
  const home = join(host.env['HOME'] ?? '', '.kube');
  const isVisible = (file: string): boolean =>
    !file.startsWith('/') && (path.startsWith(`${home}/`) || path.startsWith(`${now.project}/`));
  const named = FILE_KEYS.flatMap((key) => valuesOf(text, key)).filter((file) => !isVisible(file));
  if (named.length === 0) return [];
  return [
    {
      id: 'kubeconfig-files',
      problem: `${path} names files that the container does not have: ${[...new Set(named)].join(', ')}`,
      fix: `Put them into the file: cd ${dirname(path)} && kubectl config view --flatten --raw > flat && mv flat ${path}`,
    },
  ];
}

const FILE_KEYS = ['certificate-authority', 'client-certificate', 'client-key', 'tokenFile'];

/** Values of a key in block style, which kubectl writes. */
function valuesOf(text: string, key: string): string[] {
  const lines = text.matchAll(new RegExp(`^[ -]*${key}: *["']?([^"'\\s#]+)`, 'gm'));
  return [...lines].flatMap(([, value]) => (value === undefined ? [] : [value]));
}
