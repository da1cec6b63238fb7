import { counted } from '@image-tooling/model';
import type { JudgedFinding, Status } from '../finding';
import { fixCommands } from '../fix/commands';
import { isFailing } from '../gate';
import { escaped } from './html-text';
import { STYLE } from './html-style';
import type { ScanReport } from './types';
import { coverageLines, countsLine, dataLine, STATUS_WORDS, VERDICT_WORDS } from './words';

/** Longest list of findings that is shown opened. */
const MOST_OPEN = 30;

/** Returns a report as one HTML file without scripts, for phones and large screens, light and dark. */
export function scanHtml(report: ScanReport): string {
  const { image, platform, findings } = report;
  const failing = findings.filter(({ status }) => isFailing(status));
  const rest = (Object.keys(STATUS_WORDS) as Status[]).filter((status) => !isFailing(status));
  const title = `Scan of ${image}, ${platform}`;
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    '<header>',
    `<h1>${escaped(image)} <small>${escaped(platform)}</small></h1>`,
    `<p class="verdict ${report.passed ? 'passed' : 'failed'}">${escaped(countsLine(report))}</p>`,
    facts(report),
    '</header>',
    '<main>',
    ...(failing.length > 0 ? [commands(failing), section('Failing', failing)] : []),
    ...rest.map((status) =>
      group(
        status,
        findings.filter((one) => one.status === status),
      ),
    ),
    '</main>',
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

function facts(report: ScanReport): string {
  const lines = [dataLine(report), ...coverageLines(report)];
  return [
    '<dl>',
    `<dt>Digest</dt><dd class="digest">${escaped(report.manifest)}</dd>`,
    `<dt>Day</dt><dd>${escaped(report.day)}</dd>`,
    '</dl>',
    ...lines.map((line) => `<p>${escaped(line)}</p>`),
  ].join('\n');
}

function section(heading: string, findings: readonly JudgedFinding[]): string {
  return [`<section><h2>${escaped(heading)}</h2>`, list(findings), '</section>'].join('\n');
}

function commands(failing: readonly JudgedFinding[]): string {
  const fixes = fixCommands(failing);
  if (fixes.length === 0) return '';
  const items = fixes.map(
    ({ command, findings }) =>
      `<li>${counted(findings, 'finding')}: <pre><code>${escaped(command)}</code></pre></li>`,
  );
  return `<section><h2>Fix</h2>\n<ul class="commands">\n${items.join('\n')}\n</ul></section>`;
}

function group(status: Status, findings: readonly JudgedFinding[]): string {
  if (findings.length === 0) return '';
  const open = status === 'not-fixable' && findings.length <= MOST_OPEN ? ' open' : '';
  const heading = `${findings.length} ${STATUS_WORDS[status]}`;
  return `<details${open}><summary><h2>${escaped(heading)}</h2></summary>\n${list(findings)}\n</details>`;
}

function list(findings: readonly JudgedFinding[]): string {
  return `<ul class="findings">\n${findings.map(card).join('\n')}\n</ul>`;
}

function card(finding: JudgedFinding): string {
  const { id, aliases, title, severity, kind, status } = finding;
  const names = [id, ...aliases].join(', ');
  return [
    `<li class="${status}">`,
    `<h3>${escaped(names)}</h3>`,
    `<p class="tags"><span>${escaped(VERDICT_WORDS[status])}</span> <span>${escaped(kind)}</span> <span>severity ${severity}</span></p>`,
    `<p>${escaped(title)}</p>`,
    `<dl>${rows(finding)
      .map(([term, text]) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`)
      .join('')}</dl>`,
    '</li>',
  ].join('\n');
}

function rows({
  component,
  place,
  owner,
  inheritedFrom,
  fixedIn,
  ...finding
}: JudgedFinding): [string, string][] {
  const { command, advice, notAffected, ignore } = finding;
  const optional: [string, string | undefined][] = [
    ['In', component && `${component.name} ${component.version}`],
    ['Where', place],
    ['From', owner],
    ['Inherited from', inheritedFrom],
    ['Fixed in', fixedIn],
    ['Fix', command ?? advice],
    ['Not affected', notAffected?.replaceAll('_', ' ')],
    [
      finding.status === 'expired' ? 'Ignore expired' : 'Ignored',
      ignore && `${ignore.reason} (${ignore.owner}, until ${ignore.expires})`,
    ],
  ];
  return optional.filter((one): one is [string, string] => one[1] !== undefined);
}
