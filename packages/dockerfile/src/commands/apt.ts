import type { Handler, ShellCommand } from '../shell/command';
import { optionsOf } from '../shell/command';
import { isKnown, type Value } from '../shell/value';

/** Options of apt-get that take a value (apt-get(8)). */
const VALUED = ['o', 'option', 't', 'target-release', 'c', 'config-file'];
/** A package, and what may be said of its version, suite or processor. */
const PACKAGE = /^([a-z0-9][a-z0-9+.-]+?)(?::(?:any|native|amd64|arm64|all))?(?:(=|\/)(.+))?$/;
/** Needed to add archives only: here that is done by nx.json. */
const FOR_ARCHIVES = ['apt-transport-https', 'software-properties-common'];

const NO_LISTS = 'layers hold neither package lists nor caches';

/** apt-get and its like. */
export const apt: Handler = (command) => {
  const options = optionsOf(command.args, VALUED);
  const [verb, ...names] = options.rest;
  const { findings } = command.reading;
  switch (verb?.text) {
    case 'install':
    case 'satisfy':
    case 'build-dep':
      if (!options.flags.has('no-install-recommends')) command.reading.stage.recommends.push(command.piece);
      install(command, names);
      return {};
    case 'remove':
    case 'purge':
      takeAway(command, names);
      return {};
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
      findings.needless(command.piece, '"lock" takes the newest state of the archive');
      return {};
    case 'update':
    case 'clean':
    case 'autoclean':
    case 'autoremove':
      findings.needless(command.piece, NO_LISTS);
      return {};
    default:
      return undefined;
  }
};

function install(command: ShellCommand, names: readonly Value[]): void {
  names.forEach((name) => installOne(command, name));
  if (names.length === 0) command.reading.findings.needless(command.piece, 'it installs nothing');
}

function installOne(command: ShellCommand, value: Value): void {
  const { piece, reading } = command;
  const { stage, findings } = reading;
  const [, name, separator, version] = PACKAGE.exec(value.text) ?? [];
  if (!isKnown(value)) {
    findings.left(
      piece,
      `which package "${value.text}" is, only a build can tell`,
      'Add it to "packages" in image.json.',
    );
    return;
  }
  if (name === undefined || (value.text.includes('/') && separator !== '/')) {
    localPackage(command, value.text);
    return;
  }
  if (!stage.isPartOfImage) {
    notOfTheImage(command);
    return;
  }
  if (FOR_ARCHIVES.includes(name)) {
    findings.needless(piece, `"${name}" only adds archives; nx.json does that`);
    return;
  }
  if (stage.foreignArchive) {
    fromForeignArchive(command, name);
    return;
  }
  stage.packages.set(name, piece);
  findings.open(piece);
  if (version !== undefined)
    findings.ask(
      piece.line,
      `${name}${separator}${version}: lock.json holds the exact version of every package, the newest of the archive; "packages" holds names alone.`,
    );
}

function localPackage({ piece, reading }: ShellCommand, path: string): void {
  const content = reading.stage.files.get(reading.stage.path(path))?.content;
  const url = content && 'download' in content ? content.download.url : path;
  if (content && 'download' in content) content.download.pieces.add(piece);
  const name = /([a-z0-9][a-z0-9+.-]*?)[-_]v?\d[^/]*\.deb$/.exec(url)?.[1];
  const own = name === undefined ? 'its package' : `it ("apt-cache policy ${name}")`;
  const todo = `If Debian has ${own}, add it to "packages"; else add the vendor's archive to "debian.archives" of nx.json, or write a tool with a file of the vendor's.`;
  reading.findings.left(
    piece,
    'it installs a package file, and images take packages from archives alone',
    todo,
  );
}

function notOfTheImage({ piece, reading }: ShellCommand): void {
  reading.findings.needless(
    piece,
    `it is about the stage "${reading.stage.name}", which the image takes files from alone`,
  );
}

function fromForeignArchive({ piece, reading }: ShellCommand, name: string): void {
  const { stage, findings } = reading;
  stage.foreignPackages.push({ piece, value: name });
  findings.open(piece);
}

function takeAway({ piece, reading }: ShellCommand, names: readonly Value[]): void {
  const { stage, findings } = reading;
  for (const { text } of names.map((name) => ({ text: name.text.replace(/[*]$/, '') }))) {
    const removed = stage.packages.delete(text);
    if (removed) findings.carried(piece, `"packages" of image.json: without ${text}`);
    else findings.needless(piece, `${text} is not installed`);
  }
  if (names.length === 0) findings.needless(piece, 'it removes nothing');
}

/** dpkg -i. */
export const dpkg: Handler = (command) => {
  const options = optionsOf(command.args, []);
  if (options.flags.has('add-architecture')) return undefined;
  if (!options.flags.has('i') && !options.flags.has('install')) return undefined;
  options.rest.forEach(({ text }) => localPackage(command, text));
  return {};
};
