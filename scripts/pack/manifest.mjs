import { readPackage } from './packages.mjs';

/** Fields of the source's package.json that a published one has too. */
const KEPT = ['name', 'description', 'keywords', 'license', 'engines', 'bin', 'peerDependencies'];
/** Fields that name files: those of src/ lie in dist/ once they are bundled. */
const FILES = ['main', 'exports', 'generators', 'executors', 'schematics'];

/** The package.json that is published: written from those of the source, never by hand. */
export function manifest(folder, { version, dependencies, extra }) {
  const source = readPackage(folder);
  const kept = Object.fromEntries(KEPT.filter((key) => key in source).map((key) => [key, source[key]]));
  const files = Object.fromEntries(
    FILES.filter((key) => key in source).map((key) => [key, bundledPaths(source[key])]),
  );
  // In the repository the plugin starts from its source; a published package starts from its bundle.
  if (files.exports?.['.'] !== undefined) files.exports['.'] = files.main;
  return { name: source.name, version, ...kept, ...files, dependencies, ...extra };
}

/** `./src/x.ts` becomes `./dist/x.js`, `./src/x#y` becomes `./dist/x.js#y`, `./src/x.json` becomes `./dist/x.json`. */
export function bundledPaths(value) {
  if (Array.isArray(value)) return value.map(bundledPaths);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bundledPaths(inner)]));
  return typeof value === 'string' && value.startsWith('./src/') ? bundledPath(value) : value;
}

function bundledPath(path) {
  const [file, name] = path.replace('./src/', './dist/').split('#');
  const bundled = file.endsWith('.json') ? file : `${file.replace(/\.ts$/, '')}.js`;
  return name === undefined ? bundled : `${bundled}#${name}`;
}

/** The source files of `main`, executors and generators that are to be bundled: `src/….ts`. */
export function sourceEntries(...values) {
  const paths = values
    .flatMap(strings)
    .filter((text) => text.startsWith('./src/') && !text.endsWith('.json'));
  const files = paths.map((path) => `${path.split('#')[0].replace(/\.ts$/, '').slice(2)}.ts`);
  return [...new Set(files)].sort();
}

function strings(value) {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}
