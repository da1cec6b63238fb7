// Writes a published package as a tool of an image: its bundle, without npm, below lib/, and its commands in bin/. The
// same sources give the same bytes.
import { mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { setContentVersion } from './pack/content-version.mjs';
import { copyModuleFacts } from './pack/module-facts.mjs';
import { readPackage } from './pack/packages.mjs';
import { stage } from './pack/stage.mjs';

const [folder, output, version] = process.argv.slice(2);
if (version === undefined) {
  console.error('Usage: node scripts/pack-for-image.mjs <folder of packages/> <output> <version>');
  process.exit(2);
}
try {
  packForImage();
} catch (error) {
  // What a bundler throws holds all that it knows, in hundreds of lines.
  console.error(error.message);
  process.exitCode = 1;
}

function packForImage() {
  const lib = join(output, 'lib', folder);
  const { inside } = stage(folder, { to: lib, version });
  rmSync(join(lib, 'README.md'));
  copyModuleFacts(inside, lib);
  setContentVersion(lib, version);
  mkdirSync(join(output, 'bin'));
  for (const [command, path] of Object.entries(readPackage(folder).bin))
    symlinkSync(relative(join(output, 'bin'), join(lib, path)), join(output, 'bin', command));
}
