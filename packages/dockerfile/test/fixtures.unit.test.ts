import { describe, expect, it } from 'vitest';
import { parseImage, parseTool } from '@image-tooling/model';
import { formatReport } from '../src';
import { FIXTURE_NAMES, importedFixture } from './fixtures';

describe.each(FIXTURE_NAMES)('the Dockerfile %s', (name) => {
  const proposal = importedFixture(name);

  it('becomes these definitions and files', () => {
    const { image, tools, files } = proposal;
    expect({ image, tools, files }).toMatchSnapshot();
  });

  it('has this report', () => {
    expect(`\n${formatReport(proposal.report)}`).toMatchSnapshot();
  });

  it('becomes valid definitions', () => {
    const image = parseImage('image.json', JSON.stringify(proposal.image));
    const tools = proposal.tools.map(({ definition }) => parseTool('tool.json', JSON.stringify(definition)));
    expect([image, ...tools].filter(({ ok }) => !ok)).toEqual([]);
  });
});
