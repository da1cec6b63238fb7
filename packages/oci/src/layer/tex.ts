/**
 * Files that TeX Live's programs write while packages are installed (tex-common's triggers): /var/lib/texmf contains
 * formats (dumps of TeX's memory after it has read its macros) and lists of files and snippets.
 */
const TEX = 'var/lib/texmf/';

/**
 * Logs, and formats that differ in each run: LuaTeX writes its tables in the order of random hashes, Knuth's tex
 * writes the time and ignores SOURCE_DATE_EPOCH. These programs create the format on first use, in the user's folder
 * (mktexfmt, some seconds). Those of pdfTeX, XeTeX and Metafont are kept.
 */
export const TEX_DROPPED: readonly RegExp[] = [
  /^var\/lib\/texmf\/web2c\/(?:.*\/)?[^/]*\.log$/,
  /^var\/lib\/texmf\/web2c\/(?:lua[^/]*tex|tex)\/[^/]*\.fmt$/,
];

/** Returns the function that sorts a list of TeX's scripts; undefined for any other file. */
export function texSorter(path: string): ((text: string) => string) | undefined {
  if (!path.startsWith(TEX)) return undefined;
  const name = path.slice(TEX.length);
  if (/^ls-R(?:-[A-Z]+)?$/.test(name)) return sortedListing;
  return /^(?:fmtutil\.cnf|updmap\.cfg)-[A-Z]+$/.test(name) ? sortedSnippets : undefined;
}

/**
 * ls-R, kpathsea's database: paragraphs that start with the folder ("./fonts:"), each with the names in it (kpathsea
 * manual, "Database format"). The scripts list folders in the order of the file system.
 */
function sortedListing(text: string): string {
  const [head = '', ...folders] = text.trimEnd().split('\n\n').map(sortedNames);
  return `${[head, ...folders.sort()].join('\n\n')}\n`;
}

function sortedNames(paragraph: string): string {
  return sortedAfter(paragraph.split('\n'), (line) => line.startsWith('%') || line.endsWith(':'));
}

/** Sorts the lines of packages' snippets, which are in the order of `find`, below a comment. */
function sortedSnippets(text: string): string {
  return `${sortedAfter(text.trimEnd().split('\n'), (line) => /^#(?!!)/.test(line))}\n`;
}

/** Sorts the lines after the leading ones for which `isHead` is true. */
function sortedAfter(lines: readonly string[], isHead: (line: string) => boolean): string {
  const first = lines.findIndex((line) => !isHead(line));
  const at = first < 0 ? lines.length : first;
  return [...lines.slice(0, at), ...lines.slice(at).sort()].join('\n');
}
