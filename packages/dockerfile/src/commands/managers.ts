import type { Handler, ShellCommand } from './command';
import { isKnown } from '../state/value';

/** Reads "go install", which builds a program from Go modules. */
export const goCommand: Handler = (command) => {
  const { reading, piece, args } = command;
  const [verb, ...rest] = args;
  if (verb?.text !== 'install' && verb?.text !== 'get') return undefined;
  for (const value of rest.filter(({ text }) => !text.startsWith('-'))) {
    const [, path, version] = /^([^@]+)@v(\d[\w.+-]*)$/.exec(value.text) ?? [];
    if (path === undefined || version === undefined || !isKnown(value))
      reading.findings.notImported(
        piece,
        `"${value.text}" has no version`,
        `Run "npx nx g @image-tooling/nx:tool <name> --go ${path ?? value.text.replace(/@.*/, '')}". It finds the latest version and locks it.`,
      );
    else reading.stage.goInstalls.push({ piece, value: { path, version } });
  }
  reading.findings.open(piece);
  return {};
};

/** Reads pip and similar programs. Debian has packages of many Python programs. */
export const pip: Handler = (command) => {
  const words = command.args.map(({ text }) => text);
  const isInstall = words.includes('install') || words.includes('venv');
  if (!isInstall) return undefined;
  const names = words
    .slice(words.indexOf('install') + 1)
    .filter(
      (word, index, all) =>
        !/^(?:-r|--requirement|-c|-i|--index-url)$/.test(all[index - 1] ?? '') &&
        /^[A-Za-z][\w.-]*(?:\[[^\]]*\])?(?:[=<>~!]=?.*)?$/.test(word),
    );
  const plain = names
    .map((name) => name.replace(/[[=<>~!].*$/, '').toLowerCase())
    .filter((name) => !/^(?:pip|setuptools|wheel)$/.test(name));
  if (names.length > 0 && plain.length === 0) {
    command.reading.findings.notNeeded(command.piece, 'Python packages come from Debian');
    return {};
  }
  const candidates = plain.flatMap((name) => [name, `python3-${name}`]).join(' ');
  return notImported(
    command,
    'Python packages from an index cannot be locked',
    plain.length === 0
      ? 'Add Debian\'s packages ("python3-…") to "packages".'
      : `Check whether Debian has it ("apt-cache policy ${candidates}"), and add the name to "packages".`,
  );
};

/** Reads npm, yarn and pnpm. */
export const npm: Handler = (command) => {
  const words = command.args.map(({ text }) => text);
  if (words[0] === 'cache') {
    command.reading.findings.notNeeded(command.piece, 'layers contain no caches');
    return {};
  }
  const name = words.slice(1).find((word) => !word.startsWith('-'));
  const [, bare = name ?? '<package>', version] = /^(@?[^@]+)(?:@(.+))?$/.exec(name ?? '') ?? [];
  const short = bare.replace(/^@[^/]*\//, '');
  const flag = version !== undefined && /^\d/.test(version) ? ` --toolVersion ${version}` : '';
  return notImported(
    command,
    'an npm package with its dependencies is not a single file',
    `If it contains a self-contained program, run "npx nx g @image-tooling/nx:tool ${short} --npm ${bare}${flag}". Debian may have it too ("apt-cache policy ${short}").`,
  );
};

/** Reads package managers of other systems and languages. */
export const otherManager: Handler = (command) =>
  notImported(
    command,
    `images contain Debian packages and tools only, nothing from ${command.name}`,
    'Add the Debian packages of these programs to "packages", and write tools for the others ("npx nx g @image-tooling/nx:tool").',
  );

function notImported({ reading, piece }: ShellCommand, why: string, todo: string) {
  reading.findings.notImported(piece, why, todo);
  return {};
}
