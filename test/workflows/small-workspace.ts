import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { WorkspaceRig } from '@image-tooling/testkit';
import { REPOSITORY } from '../../packages/nx/test/workspace';
import { BASE_IMAGE } from '../../packages/pipeline/test/fixture-images';

/** How the host reaches package registries. */
export function hostEnv(): NodeJS.ProcessEnv {
  const names =
    /^(HOME|.*_proxy|.*_PROXY|GO[A-Z]+|PIP_.*|npm_config_(registry|userconfig|cafile)|SSL_CERT_.*|NODE_EXTRA_CA_CERTS)$/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => names.test(name)));
}

/** ./bootstrap then takes npm packages for installed: by its own line, the stamp is that of this package-lock.json. */
export function stampBootstrap(clone: string): void {
  const wanted = /wanted=(".*")$/m.exec(readFileSync(join(clone, 'bootstrap'), 'utf8'))![1]!;
  execFileSync('bash', ['-c', `printf '%s\\n' ${wanted} >node_modules/.bootstrap-stamp`], { cwd: clone });
}

/** Gives the workspace what the workflows call besides npm packages. */
export async function writeProgram(rig: WorkspaceRig): Promise<void> {
  const nxJson = JSON.parse(await readFile(join(rig.folder, 'nx.json'), 'utf8')) as object;
  await rig.write('implementation.txt', 'one');
  await rig.write('nx.json', {
    ...nxJson,
    namedInputs: { imageTooling: ['{workspaceRoot}/implementation.txt'] },
    ...{ neverConnectToCloud: true, analytics: false },
  });
  // Scans what is here, and looks nothing up: what a night's data say of these packages is not what is tested.
  await rig.write('scan.json', { database: 'none' });
  await rig.write('package.json', { name: 'fixture', private: true });
  await rig.write('package-lock.json', { name: 'fixture', lockfileVersion: 3, packages: {} });
  await rig.write('.gitignore', 'node_modules\ndist\n.nx\nsigning.key\n');
  await rig.write('images/base/image.json', BASE_IMAGE);
  await rig.write('tools/.gitkeep', '');
  await cp(join(REPOSITORY, '.ci'), join(rig.folder, '.ci'), { recursive: true });
  await cp(join(REPOSITORY, 'bootstrap'), join(rig.folder, 'bootstrap'));
}
