import type { Handler, ShellCommand } from './command';
import { optionsOf } from './command';
import { isKnown, type Value } from '../state/value';
import { onlyCopiedFrom } from '../state/stage';

/** Options of apt-get that take a value (apt-get(8)). */
const VALUED = ['o', 'option', 't', 'target-release', 'c', 'config-file'];
/** A package name, with an optional architecture, version or suite. */
const PACKAGE = /^([a-z0-9][a-z0-9+.-]+?)(?::(?:any|native|amd64|arm64|all))?(?:(=|\/)(.+))?$/;
/** Packages that are only needed to add archives, which nx.json does. */
const FOR_ARCHIVES = ['apt-transport-https', 'software-properties-common'];

const NO_LISTS = 'layers contain no package lists or caches';

/** Reads apt-get, apt and aptitude. */
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
      uninstall(command, names);
      return {};
    case 'upgrade':
    case 'dist-upgrade':
    case 'full-upgrade':
      findings.notNeeded(command.piece, '"lock" resolves the newest versions');
      return {};
    case 'update':
    case 'clean':
    case 'autoclean':
    case 'autoremove':
      findings.notNeeded(command.piece, NO_LISTS);
      return {};
    default:
      return undefined;
  }
};

function install(command: ShellCommand, names: readonly Value[]): void {
  names.forEach((name) => installOne(command, name));
  if (names.length === 0) command.reading.findings.notNeeded(command.piece, 'it installs nothing');
}

function installOne(command: ShellCommand, value: Value): void {
  const { piece, reading } = command;
  const { stage, findings } = reading;
  const [, name, separator, version] = PACKAGE.exec(value.text) ?? [];
  if (!isKnown(value)) {
    findings.notImported(
      piece,
      `the name of the package "${value.text}" is only known in a build`,
      'Add it to "packages" in image.json.',
    );
    return;
  }
  if (name === undefined || (value.text.includes('/') && separator !== '/')) {
    localPackage(command, value.text);
    return;
  }
  if (!stage.isPartOfImage) {
    findings.notNeeded(piece, onlyCopiedFrom(stage));
    return;
  }
  if (FOR_ARCHIVES.includes(name)) {
    findings.notNeeded(piece, `"${name}" is only for adding archives, which nx.json does`);
    return;
  }
  if (stage.thirdPartyArchive) {
    fromThirdPartyArchive(command, name);
    return;
  }
  stage.packages.set(name, piece);
  findings.open(piece);
  if (version !== undefined)
    findings.ask(
      piece.line,
      `${name}${separator}${version}: "packages" contains names only. lock.json has the exact versions, the newest in the archive.`,
    );
}

function localPackage({ piece, reading }: ShellCommand, path: string): void {
  const content = reading.stage.files.get(reading.stage.path(path))?.content;
  const url = content && 'download' in content ? content.download.url : path;
  if (content && 'download' in content) content.download.pieces.add(piece);
  const name = /([a-z0-9][a-z0-9+.-]*?)[-_]v?\d[^/]*\.deb$/.exec(url)?.[1];
  const check = name === undefined ? '' : ` ("apt-cache policy ${name}")`;
  const todo = `If Debian has the package${check}, add it to "packages". Otherwise add the vendor's archive to "debian.archives" in nx.json, or write a tool with the vendor's release.`;
  reading.findings.notImported(
    piece,
    'it installs a package file, but images take packages from archives only',
    todo,
  );
}

function fromThirdPartyArchive({ piece, reading }: ShellCommand, name: string): void {
  const { stage, findings } = reading;
  stage.thirdPartyPackages.push({ piece, value: name });
  findings.open(piece);
}

function uninstall({ piece, reading }: ShellCommand, names: readonly Value[]): void {
  const { stage, findings } = reading;
  for (const { text } of names.map((name) => ({ text: name.text.replace(/[*]$/, '') }))) {
    const removed = stage.packages.delete(text);
    if (removed) findings.imported(piece, `"packages" of image.json: without ${text}`);
    else findings.notNeeded(piece, `${text} is not installed`);
  }
  if (names.length === 0) findings.notNeeded(piece, 'it removes nothing');
}

/** Reads "dpkg -i", which installs package files. */
export const dpkg: Handler = (command) => {
  const options = optionsOf(command.args, []);
  if (options.flags.has('add-architecture')) return undefined;
  if (!options.flags.has('i') && !options.flags.has('install')) return undefined;
  options.rest.forEach(({ text }) => localPackage(command, text));
  return {};
};
