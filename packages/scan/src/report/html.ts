import { counted } from '@image-tooling/model';
import { STATUSES, type Ignore, type JudgedFinding, type Status } from '../finding';
import { fixCommands } from '../fix/commands';
import { isFailing } from '../gate';
import { groups, type FindingGroup } from './groups';
import { escaped } from './html-text';
import { STYLE } from './html-style';
import type { ScanReport } from './types';
import { coverageLines, countsLine, dataLine, secretLines, STATUS_WORDS, VERDICT_WORDS } from './words';

/** Longest list of findings that is shown opened. */
const MOST_OPEN = 30;

/** Returns a report as one HTML file without scripts, for phones and large screens, light and dark. */
export function scanHtml(report: ScanReport): string {
  const { image, platform, findings } = report;
  const failing = findings.filter(({ status }) => isFailing(status));
  const rest = STATUSES.filter((status) => !isFailing(status));
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
  const lines = [dataLine(report), ...coverageLines(report), ...secretLines(report)];
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
  return `<ul class="groups">\n${groups(findings).map(card).join('\n')}\n</ul>`;
}

function card(of: FindingGroup): string {
  const { status, name, version, findings } = of;
  return [
    `<li class="${status}">`,
    `<h3>${escaped(`${name} ${version}`.trim() || (findings[0]?.title ?? ''))}</h3>`,
    `<p class="verdict-word">${escaped(VERDICT_WORDS[status])}</p>`,
    `<dl>${rows(of)
      .map(([term, text]) => `<dt>${escaped(term)}</dt><dd>${escaped(text)}</dd>`)
      .join('')}</dl>`,
    `<ul class="findings">\n${findings.map(entry).join('\n')}\n</ul>`,
    '</li>',
  ].join('\n');
}

function rows({ owner, fixedIn, findings }: FindingGroup): [string, string][] {
  const one = findings[0];
  const places = [...new Set(findings.flatMap(({ place }) => place ?? []))].join(', ');
  const rows: [string, string][] = [
    ['Where', places],
    ['From', owner],
    ['Inherited from', one?.inheritedFrom ?? ''],
    ['Fixed in', fixedIn],
    ['Fix', fixCommands(findings)[0]?.command ?? one?.advice ?? ''],
  ];
  return rows.filter(([, text]) => text !== '');
}

function entry({ id, aliases, title, severity, notAffected, ignore, status }: JudgedFinding): string {
  const notes = [
    ...(severity === 'unknown' ? [] : [`Severity: ${severity}.`]),
    ...(notAffected ? [`Not affected: ${notAffected.replaceAll('_', ' ')}.`] : []),
    ...(ignore ? [`${status === 'expired' ? 'Ignore expired' : 'Ignored'}: ${ignoreText(ignore)}.`] : []),
  ];
  const names = `<strong>${escaped(id)}</strong> ${escaped(aliases.join(', '))}`.trim();
  return `<li>${names}<br>${escaped([title, ...notes].join(' '))}</li>`;
}

function ignoreText({ reason, owner, expires }: Ignore): string {
  return `${reason} (${owner}, until ${expires})`;
}
