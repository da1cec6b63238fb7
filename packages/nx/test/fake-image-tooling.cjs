#!/usr/bin/env node
// Stands in for the command line in tests of the task graph: records its arguments, and writes outputs that
// follow from the definition as the real ones do: layers from version, parent and tools, the digest from all of it.
// A test fails where the image has the check "fail"; its report says what was tested.
const { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const [command, name, ...flags] = withArgumentsOfNx(process.argv.slice(2));
const dryRun = process.env.NX_DRY_RUN === 'true' ? ['(dry run)'] : [];
appendFileSync('calls.log', `${[command, name, ...flags, ...dryRun].join(' ')}\n`);
if (command === 'build') build(platformFolder());
if (command === 'test') test(platformFolder());
if (command === 'versions') process.stdout.write(readFileSync('versions.json', 'utf8'));

/** These tests run on amd64 where no platform is named. */
function platformFolder() {
  const at = flags.indexOf('--platform');
  return (at < 0 ? 'linux/amd64' : flags[at + 1]).replace('/', '-');
}

/** As the real one reads them; no word of these tests holds a space or a quote. */
function withArgumentsOfNx(words) {
  const given = () => readFileSync(3, 'utf8').split(/\s+/).filter(Boolean);
  return words.flatMap((word) => (word === '--arguments-fd=3' ? given() : [word]));
}

function build(platform) {
  if (existsSync(join('tools', name)))
    return write('tools', platform, 'layer.json', { version: json('tools').version });
  const image = json('images');
  const layers = {
    parent: image.from.image ? output('images', image.from.image, platform, 'layers.json') : null,
    tools: (image.tools ?? []).map((tool) => output('tools', tool, platform, 'layer.json')),
    packages: image.packages ?? [],
  };
  write('images', platform, 'layers.json', layers);
  write('images', platform, 'digest.json', { layers, description: image.description });
}

function test(platform) {
  const passed = !(json('images').checks ?? []).includes('fail');
  const digest = output('images', name, platform, 'digest.json');
  write('images', join('report', platform), 'report.json', { passed, digest });
  if (!passed) process.exitCode = 1;
}

function json(kind) {
  return JSON.parse(readFileSync(join(kind, name, kind === 'images' ? 'image.json' : 'tool.json'), 'utf8'));
}

function output(kind, project, platform, file) {
  return JSON.parse(readFileSync(join(kind, project, 'dist', platform, file), 'utf8'));
}

function write(kind, platform, file, content) {
  const folder = join(kind, name, 'dist', platform);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), JSON.stringify(content));
}
