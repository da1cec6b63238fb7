import type { Handler, ShellCommand } from '../shell/command';
import { isKnown } from '../shell/value';

/** go install: a tool that is built from its modules. */
export const goCommand: Handler = (command) => {
  const { reading, piece, args } = command;
  const [verb, ...rest] = args;
  if (verb?.text !== 'install' && verb?.text !== 'get') return undefined;
  for (const value of rest.filter(({ text }) => !text.startsWith('-'))) {
    const [, path, version] = /^([^@]+)@v(\d[\w.+-]*)$/.exec(value.text) ?? [];
    if (path === undefined || version === undefined || !isKnown(value))
      reading.findings.left(
        piece,
        `"${value.text}" names no version`,
        `Run "npx nx g @image-tooling/nx:tool <name> --go ${path ?? value.text.replace(/@.*/, '')}": it takes the latest, and the lock holds it.`,
      );
    else reading.stage.goInstalls.push({ piece, value: { path, version } });
  }
  reading.findings.open(piece);
  return {};
};

/** pip and its like: Debian has many Python programs as packages. */
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
    command.reading.findings.needless(command.piece, 'Python packages come from Debian');
    return {};
  }
  const looked = plain.flatMap((name) => [name, `python3-${name}`]).join(' ');
  return leftTo(
    command,
    'Python packages of an index have no lock here',
    plain.length === 0
      ? 'Take Debian\'s packages ("python3-…") in "packages".'
      : `See whether Debian has it ("apt-cache policy ${looked}") and add the name to "packages".`,
  );
};

/** npm and its like. */
export const npm: Handler = (command) => {
  const words = command.args.map(({ text }) => text);
  if (words[0] === 'cache') {
    command.reading.findings.needless(command.piece, 'layers hold no caches');
    return {};
  }
  const name = words.slice(1).find((word) => !word.startsWith('-'));
  const [, bare = name ?? '<package>', version] = /^(@?[^@]+)(?:@(.+))?$/.exec(name ?? '') ?? [];
  const short = bare.replace(/^@[^/]*\//, '');
  const flag = version !== undefined && /^\d/.test(version) ? ` --toolVersion ${version}` : '';
  return leftTo(
    command,
    'a package of npm with what it depends on is no single file',
    `If it ships a program that stands alone, run "npx nx g @image-tooling/nx:tool ${short} --npm ${bare}${flag}"; Debian may have it too ("apt-cache policy ${short}").`,
  );
};

/** Package managers of other systems and languages. */
export const otherManager: Handler = (command) =>
  leftTo(
    command,
    `images take Debian packages and tools, nothing of ${command.name}`,
    'Find the Debian packages of these names and add them to "packages"; others become tools ("npx nx g @image-tooling/nx:tool").',
  );

function leftTo({ reading, piece }: ShellCommand, why: string, todo: string) {
  reading.findings.left(piece, why, todo);
  return {};
}
