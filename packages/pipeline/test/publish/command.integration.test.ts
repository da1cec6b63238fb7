import { afterAll, beforeAll, describe } from 'vitest';
import { changedTool } from './changed-tool';
import { interruptions } from './interruptions';
import { modes } from './modes';
import { refusals } from './refusals';
import { rescans } from './rescans';
import { scans } from './scans';
import { signatures } from './signatures';
import { PublishWorkspace } from './workspace';

// One workspace, built once with a real engine; later parts use what earlier ones published.
let workspace: PublishWorkspace;
beforeAll(async () => {
  workspace = await PublishWorkspace.open();
});
afterAll(() => workspace.close());

describe('the command "publish"', () => modes(() => workspace));
describe('it refuses', () => refusals(() => workspace));
describe('a publish that goes wrong', () => interruptions(() => workspace));
describe('a tool that has changed', () => changedTool(() => workspace));
describe('signatures', () => signatures(() => workspace));
describe('a re-scan', () => rescans(() => workspace));
describe('a workspace with a scan.json', () => scans(() => workspace));
