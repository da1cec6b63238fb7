import { posix } from 'node:path';
import type { Download } from '../state/files';
import {
  hasFlag,
  optionOf,
  optionsOf,
  type CommandResult,
  type Handler,
  type Options,
  type ShellCommand,
} from './command';
import type { Value } from '../state/value';

/** Options that take a value (curl(1), wget(1)). Long options that are not listed take none. */
const CURL_VALUED = [
  ...[
    'o',
    'H',
    'A',
    'u',
    'b',
    'c',
    'd',
    'e',
    'F',
    'm',
    'x',
    'X',
    'w',
    'T',
    'C',
    'r',
    'y',
    'Y',
    'K',
    'E',
    'z',
  ],
  ...[
    'output',
    'output-dir',
    'header',
    'user-agent',
    'user',
    'cookie',
    'data',
    'referer',
    'max-time',
    'proxy',
  ],
  ...[
    'request',
    'write-out',
    'retry',
    'retry-delay',
    'retry-max-time',
    'connect-timeout',
    'proto',
    'proto-redir',
  ],
  ...[
    'cacert',
    'cert',
    'key',
    'limit-rate',
    'speed-limit',
    'speed-time',
    'range',
    'tls-max',
    'url',
    'resolve',
  ],
];
const WGET_VALUED = [
  ...['O', 'P', 't', 'T', 'U', 'w', 'o', 'a', 'e', 'S', 'Q'],
  ...[
    'output-document',
    'directory-prefix',
    'tries',
    'timeout',
    'user-agent',
    'header',
    'progress',
    'waitretry',
  ],
];

/** Reads curl, which downloads to a file or to the standard output. */
export const curl: Handler = (command) => {
  const options = optionsOf(command.args, CURL_VALUED);
  const urls = [
    ...options.all.filter(({ name }) => name === 'url').map(({ value }) => value),
    ...options.rest,
  ];
  const outputs = options.all
    .filter(({ name }) => name === 'o' || name === 'output')
    .map(({ value }) => value);
  const folder = optionOf(options, 'output-dir')?.text ?? '.';
  const byName = hasFlag(options, 'O', 'remote-name', 'remote-name-all');
  const path = (url: Value, index: number): string | undefined => {
    const output = outputs[index]?.text;
    if (output !== undefined) return output === '-' ? undefined : posix.join(folder, output);
    return byName ? posix.join(folder, nameOf(url.text)) : undefined;
  };
  return urls.length === 0 || sends(options) ? undefined : fetched(command, urls, path);
};

function sends(options: Options): boolean {
  return optionOf(options, 'd', 'data', 'F', 'T') !== undefined;
}

/** Reads wget, which names the file after the end of the URL, or as "-O" says. */
export const wget: Handler = (command) => {
  const options = optionsOf(command.args, WGET_VALUED);
  const output = optionOf(options, 'O', 'output-document')?.text;
  const folder = optionOf(options, 'P', 'directory-prefix')?.text ?? '.';
  const path = (url: Value): string | undefined => {
    if (output !== undefined) return output === '-' ? undefined : output;
    return posix.join(folder, nameOf(url.text));
  };
  return options.rest.length === 0 ? undefined : fetched(command, options.rest, path);
};

function nameOf(url: string): string {
  return posix.basename(url.replace(/[?#].*$/, ''));
}

function fetched(
  command: ShellCommand,
  urls: readonly Value[],
  pathOf: (url: Value, index: number) => string | undefined,
): CommandResult {
  const { reading, piece, target } = command;
  const downloads = urls.map((url, index) => {
    const download = startDownload(command, url);
    const path = pathOf(url, index) ?? target?.path;
    if (path !== undefined)
      reading.stage.files.write(reading.stage.path(path), {
        content: { kind: 'download', download },
        pieces: download.pieces,
      });
    return { download, path };
  });
  const streamed = downloads.find(({ path }) => path === undefined);
  reading.findings.open(piece);
  return { stdout: streamed ? { kind: 'download', download: streamed.download } : { kind: 'unknown' } };
}

/** Notes a download in the stage. Its pieces get their outcome later, when its use is known. */
export function startDownload(
  { reading, piece }: Pick<ShellCommand, 'reading' | 'piece'>,
  url: Value,
): Download {
  const values = [...reading.stage.variables.values()].map(({ text }) => text);
  const versions = values.filter((text) => /^v?\d/.test(text));
  const download: Download = { url: url.text, unknown: url.unknown, versions, pieces: new Set([piece]) };
  reading.stage.downloads.all.push(download);
  return download;
}
