// Makes the tarballs of the published packages, as `npm pack` does for built packages, with the inner
// packages bundled. The same commit gives the same bytes.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readPackage, ROOT } from './pack/packages.mjs';
import { stage } from './pack/stage.mjs';

/** The folders of published packages. */
const PUBLISHED = ['cli', 'nx', 'create', 'cache-server', 'toolbox'];

const USAGE = `Usage: npm run pack -- [--to <folder>] [--version <x.y.z>] [--repository <URL>]

Makes installable tarballs of @image-tooling/{${PUBLISHED.join(',')}}.

  --to <folder>      target folder; default: dist
  --version <x.y.z>  their version, also for references among them; default: that of packages/cli
  --repository <URL> of the source, for the package's page; npm compares it with the provenance`;

const { values } = parseArgs({
  options: {
    to: { type: 'string', default: join(ROOT, 'dist') },
    version: { type: 'string', default: readPackage('cli').version },
    repository: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
});
if (values.help) console.log(USAGE);
else pack(resolve(values.to), values);

function pack(to, { version, repository }) {
  const temporary = mkdtempSync(join(tmpdir(), 'image-tooling-pack-'));
  try {
    const folders = PUBLISHED.map((name) => join(temporary, name));
    PUBLISHED.forEach((name, at) =>
      stage(name, { to: folders[at], version, repository: sourceOf(name, repository) }),
    );
    mkdirSync(to, { recursive: true });
    for (const { filename } of npmPack(folders, to)) console.log(join(to, filename));
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** npm's "repository" in package.json; npm writes "git+https:" itself, with a warning. */
function sourceOf(name, url) {
  if (url === undefined) return undefined;
  return { type: 'git', url: `git+${url}.git`, directory: `packages/${name}` };
}

function npmPack(folders, to) {
  const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', to, ...folders];
  const answer = execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const packed = JSON.parse(answer);
  return Array.isArray(packed) ? packed : Object.values(packed);
}
