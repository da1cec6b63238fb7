import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mustRun } from '@image-tooling/host';
import { freePort, valueOf } from '@image-tooling/testkit/helpers';
import { startDaemon, type Daemon } from '@image-tooling/testkit/interop';
import { pythonPackages } from '@image-tooling/testkit/programs';

const KEYSTONE = 'keystone==30.0.0';
const SECONDS_FOR_STEP = 300;

/** The identity service of OpenStack. */
export interface Keystone extends Daemon {
  /** Its URL, which ends with /v3. */
  readonly url: string;
  readonly region: string;
  /** The name of the user and of the project that are there at first, in the domain `Default`. */
  readonly admin: string;
  readonly password: string;
}

/** Starts Keystone by Python's own web server, with its database in a folder that `stop` removes. */
export async function startKeystone(): Promise<Keystone> {
  const folder = await mkdtemp(join(tmpdir(), 'toolbox-keystone-'));
  try {
    const keystone = await startIn(folder);
    const stop = async (): Promise<void> => {
      await keystone.stop();
      await rm(folder, { recursive: true, force: true });
    };
    return { ...keystone, stop };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function startIn(folder: string): Promise<Keystone> {
  const packages = await pythonPackages('keystone', KEYSTONE);
  const port = await freePort();
  const about = { url: `http://127.0.0.1:${port}/v3`, region: 'one', admin: 'admin', password: 'a b$c' };
  const settings = join(folder, 'keystone.conf');
  await writeFile(settings, await settingsText(folder));
  for (const step of stepsFor(about)) {
    const argv = [...packages.script('keystone-manage'), '--config-file', settings, ...step] as const;
    valueOf(await mustRun({ argv, timeoutSeconds: SECONDS_FOR_STEP }));
  }
  const daemon = await startDaemon({
    argv: [packages.python, '-c', SERVE, `${port}`],
    env: { ...process.env, OS_KEYSTONE_CONFIG_FILES: settings },
    question: () =>
      fetch(about.url).then(
        ({ ok }) => ok,
        () => false,
      ),
    secondsToAnswer: SECONDS_FOR_STEP,
  });
  return { ...valueOf(daemon), ...about };
}

/** Without folders of its own, keys would be below /etc. */
async function settingsText(folder: string): Promise<string> {
  const keys = join(folder, 'keys');
  await mkdir(keys, { mode: 0o700 });
  const sections = ['fernet_tokens', 'fernet_receipts', 'credential'];
  return [
    `[database]\nconnection = sqlite:///${join(folder, 'keystone.db')}\n`,
    ...sections.map((section) => `[${section}]\nkey_repository = ${join(keys, section)}\n`),
  ].join('\n');
}

/** As "Installing Keystone" has them. */
function stepsFor({ url, region, password }: Omit<Keystone, 'stop'>): string[][] {
  const { uid, gid } = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const owner = ['--keystone-user', `${uid}`, '--keystone-group', `${gid}`];
  const addresses = ['public', 'internal', 'admin'].flatMap((kind) => [`--bootstrap-${kind}-url`, url]);
  const bootstrap = ['--bootstrap-password', password, '--bootstrap-region-id', region];
  return [
    ['db_sync'],
    ['fernet_setup', ...owner],
    ['credential_setup', ...owner],
    ['bootstrap', ...bootstrap, ...addresses],
  ];
}

/** Keystone reads the arguments of the program that loads it. */
const SERVE = `
import sys
from wsgiref.simple_server import make_server
port, sys.argv = int(sys.argv[1]), ['keystone']
from keystone.wsgi.api import application
make_server('127.0.0.1', port, application).serve_forever()
`;
