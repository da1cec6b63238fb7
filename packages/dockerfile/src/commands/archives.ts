import type { Handler, ShellCommand } from './command';

/** Returns the archive in a text of sources.list(5), in either of its formats. */
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

/** Adds an archive of a third party: packages that are installed later may come from it. */
export function addArchive({ reading, piece }: ShellCommand, text: string | undefined): void {
  const { stage, findings } = reading;
  const line = text === undefined ? undefined : archiveLine(text);
  stage.thirdPartyArchive = { line: text?.trim() ?? 'unknown archive', url: line?.url };
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
  findings.notImported(
    piece,
    'third-party archives are configured in the workspace',
    `Add ${entry} to "debian.archives" in the plugin's options in nx.json, and save its key as trust/${line ? archiveName(line.url) : '<name>'}/key.asc.`,
  );
}

/** Returns a name for an archive: the part of its host that names the vendor. */
function archiveName(url: string): string {
  const host = /^https?:\/\/([^/]+)/.exec(url)?.[1] ?? 'vendor';
  const parts = host
    .split('.')
    .filter((part) => !/^(?:apt|download|packages|deb|pkg|pkgs|www|repo|com|io|org|net|dev)$/.test(part));
  return (parts[0] ?? 'vendor').replace(/[^a-z0-9-]/g, '-');
}

/** Reads add-apt-repository, which adds an archive by its line, or a PPA. */
export const addAptRepository: Handler = (command) => {
  const text = command.args.map((arg) => arg.text).find((arg) => !arg.startsWith('-'));
  if (text?.startsWith('ppa:')) {
    command.reading.stage.thirdPartyArchive = { line: text, url: undefined };
    command.reading.findings.notImported(
      command.piece,
      'a PPA has packages for Ubuntu',
      "Use Debian's package, or write a tool with the vendor's release.",
    );
  } else addArchive(command, text);
  return {};
};

/** Reads gpg and apt-key, which add the key of an archive. */
export const gpg: Handler = ({ args, piece, reading, stdin, target }) => {
  const { findings, stage } = reading;
  const file = args
    .map(({ text }) => stage.files.get(stage.path(text))?.content)
    .find((content) => content?.kind === 'download');
  const source =
    stdin.kind === 'download' ? stdin.download : file?.kind === 'download' ? file.download : undefined;
  const output = target?.path ?? args.map(({ text }) => text).find((text) => text.startsWith('/'));
  if (source) stage.downloads.keys.add(source);
  findings.notImported(
    piece,
    'archive keys are part of the workspace, and a person has to check them',
    `Save the key${source ? ` from ${source.url}` : ''} as trust/<archive>/key.asc and compare its fingerprint with the vendor's.${output ? ` ${output} is then not needed.` : ''}`,
  );
  return {};
};
