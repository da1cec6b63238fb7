/**
 * What TeX Live's programs write while packages are installed (tex-common's triggers): /var/lib/texmf holds formats,
 * which are TeX's memory after it has read its macros, and lists of files and snippets.
 */
const TEX = 'var/lib/texmf/';

/**
 * Logs of making formats, and formats that no two runs make alike: LuaTeX writes its tables in the order of random
 * hashes, Knuth's own tex the clock, whatever SOURCE_DATE_EPOCH says. Who runs one of these programs has its format
 * made then, in their own folder (mktexfmt, some seconds). Those of pdfTeX, XeTeX and Metafont are kept.
 */
export const TEX_DROPPED: readonly RegExp[] = [
  /^var\/lib\/texmf\/web2c\/(?:.*\/)?[^/]*\.log$/,
  /^var\/lib\/texmf\/web2c\/(?:lua[^/]*tex|tex)\/[^/]*\.fmt$/,
];

/** What puts the content of a list that TeX's scripts write into one order; undefined for any other file. */
export function texSorter(path: string): ((text: string) => string) | undefined {
  if (!path.startsWith(TEX)) return undefined;
  const name = path.slice(TEX.length);
  if (/^ls-R(?:-[A-Z]+)?$/.test(name)) return sortedListing;
  return /^(?:fmtutil\.cnf|updmap\.cfg)-[A-Z]+$/.test(name) ? sortedSnippets : undefined;
}

/**
 * ls-R, kpathsea's database: paragraphs that start with the folder ("./fonts:"), each with the names in it (kpathsea
 * manual, "Database format"). The scripts take folders as the file system lists them.
 */
function sortedListing(text: string): string {
  const [head = '', ...folders] = text.trimEnd().split('\n\n').map(sortedNames);
  return `${[head, ...folders.sort()].join('\n\n')}\n`;
}

function sortedNames(paragraph: string): string {
  return sortedAfter(paragraph.split('\n'), (line) => line.startsWith('%') || line.endsWith(':'));
}

/** Lines of packages' snippets, in the order that `find` gave, below a comment. */
function sortedSnippets(text: string): string {
  return `${sortedAfter(text.trimEnd().split('\n'), (line) => /^#(?!!)/.test(line))}\n`;
}

/** Sorts the lines after the first ones, which are told by `isHead`. */
function sortedAfter(lines: readonly string[], isHead: (line: string) => boolean): string {
  const first = lines.findIndex((line) => !isHead(line));
  const at = first < 0 ? lines.length : first;
  return [...lines.slice(0, at), ...lines.slice(at).sort()].join('\n');
}
