import type { Contents, ToolEntry } from './layers-file';

export interface HelpInput {
  readonly image: string;
  readonly description: string;
  readonly contents: Contents;
  readonly examples: readonly string[];
}

/**
 * Returns the text that `toolbox-help` prints: what the image is, what is in it at which version, how to use
 * it.
 */
export function helpText({ image, description, contents, examples }: HelpInput): string {
  const sections = [
    `${image}: ${description}`,
    section('Tools', table(contents.tools.map((tool) => [tool.name, tool.version, toolText(tool)]))),
    section('Packages', table(contents.packages.map((one) => [one.name, one.version]))),
    section(
      'Examples',
      examples.map((example) => `  ${example}`),
    ),
    'Type toolbox-help to see this again.',
  ];
  return `${sections.filter((text) => text !== '').join('\n\n')}\n`;
}

function toolText({ description, source }: ToolEntry): string {
  return source === 'go' || source === 'workspace' ? `${description} (built from source)` : description;
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, ...lines].join('\n');
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}
