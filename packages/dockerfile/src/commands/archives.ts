import type { Handler, ShellCommand } from '../shell/command';

/** The address in a line of sources.list(5), of either format. */
export function archiveLine(
  text: string,
): { readonly url: string; readonly suite: string; readonly components: string } | undefined {
  const oneLine = /^\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)(?:\s+([^\n]*))?/m.exec(text);
  if (oneLine) return { url: oneLine[1]!, suite: oneLine[2]!, components: (oneLine[3] ?? '').trim() };
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(\\S.*)$`, 'mi').exec(text)?.[1]?.trim();
  const url = field('URIs');
  return url === undefined
    ? undefined
    : { url, suite: field('Suites') ?? '', components: field('Components') ?? '' };
}

/** Makes apt know an archive of a third party: packages that are installed from now on may be of it. */
export function addArchive({ reading, piece }: ShellCommand, text: string | undefined): void {
  const { stage, findings } = reading;
  const line = text === undefined ? undefined : archiveLine(text);
  stage.foreignArchive = { line: text?.trim() ?? 'an archive that is not known', url: line?.url };
  const entry =
    line === undefined
      ? 'an entry for it'
      : JSON.stringify({
          name: archiveName(line.url),
          url: line.url,
          suites: [line.suite],
          components: line.components.split(/\s+/).filter(Boolean),
          keys: `trust/${archiveName(line.url)}`,
        });
  findings.left(
    piece,
    'archives of third parties are settings of the workspace',
    `Add ${entry} to "debian.archives" of the plugin's options in nx.json, and its key as trust/${line ? archiveName(line.url) : '<name>'}/key.asc.`,
  );
}

/** The host without what most begin with, as a name. */
function archiveName(url: string): string {
  const host = /^https?:\/\/([^/]+)/.exec(url)?.[1] ?? 'vendor';
  const parts = host
    .split('.')
    .filter((part) => !/^(?:apt|download|packages|deb|pkg|pkgs|www|repo|com|io|org|net|dev)$/.test(part));
  return (parts[0] ?? 'vendor').replace(/[^a-z0-9-]/g, '-');
}

/** add-apt-repository: a line, or a PPA, which is Ubuntu's. */
export const addAptRepository: Handler = (command) => {
  const text = command.args.map((arg) => arg.text).find((arg) => !arg.startsWith('-'));
  if (text?.startsWith('ppa:')) {
    command.reading.stage.foreignArchive = { line: text, url: undefined };
    command.reading.findings.left(
      command.piece,
      'a PPA holds packages for Ubuntu',
      "Take the package of Debian, or a tool with the vendor's release.",
    );
  } else addArchive(command, text);
  return {};
};

/** gpg and apt-key: the key of an archive. */
export const gpg: Handler = ({ args, piece, reading, stdin, target }) => {
  const { findings, stage } = reading;
  const file = args
    .map(({ text }) => stage.files.get(stage.path(text))?.content)
    .find((content) => content?.kind === 'download');
  const source =
    stdin.kind === 'download' ? stdin.download : file?.kind === 'download' ? file.download : undefined;
  const output = target?.path ?? args.map(({ text }) => text).find((text) => text.startsWith('/'));
  if (source) stage.fetched.keys.add(source);
  findings.left(
    piece,
    'keys of archives are part of the workspace, and looked at by people',
    `Save the key${source ? ` from ${source.url}` : ''} as trust/<archive>/key.asc and compare its fingerprint with the vendor's${output ? `; ${output} is then not needed` : ''}.`,
  );
  return {};
};
