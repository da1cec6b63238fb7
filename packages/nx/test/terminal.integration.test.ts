import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NxTerminal } from './terminal';
import { makeWorkspace, nxJson, type Workspace } from './workspace';

const CLEAR_LINE = '\u001b[2K';
const IN_TUI = { NX_TUI: 'true' };
const HANDED_THROUGH = { NX_TUI: 'false' };

let workspace: Workspace;
let terminal: NxTerminal;

beforeAll(() => {
  workspace = makeWorkspace();
  workspace.write('nx.json', { ...nxJson({}), tui: { autoExit: true } });
  terminal = new NxTerminal(workspace);
  workspace.write('tools/x/tool.json', {
    description: 'X',
    homepage: 'https://example.com',
    license: 'MIT',
    version: '1.0.0',
    sources: { npm: { package: 'x', files: { x: 'bin/x' } } },
  });
});
afterAll(() => workspace.remove());

describe('a task in a terminal', () => {
  it('prints no line that is drawn again in the screen of Nx', async () => {
    terminal.npm('sleep 0.3; exit 1');
    await terminal.nx('run x:lock', IN_TUI);
    const shown = terminal.recorded();
    expect(shown).toContain('✗ fetch x@1.0.0 by npm');
    expect(shown).not.toContain(CLEAR_LINE);
  });

  it('draws a live line where nx run hands its terminal through', async () => {
    terminal.npm('sleep 0.3; exit 1');
    const drawn = await terminal.nx('run x:lock', HANDED_THROUGH);
    expect(drawn).toContain(`${CLEAR_LINE}fetch x@1.0.0 by npm`);
    // Else lines begin where the last one ended, as they do with --outputStyle=stream.
    expect(drawn).not.toMatch(/[^\r]\n/);
  });

  it('was stopped by Ctrl-C in the screen of Nx, which signals npm before it', async () => {
    const started = `${workspace.root}/started`;
    terminal.npm(`[ -e ${started} ] && exit 1; trap "exit 1" TERM INT; echo > ${started}; sleep 60 & wait`);
    terminal.errorsTo('errors');
    await terminal.nxUntil('started', 'run x:lock', IN_TUI);
    expect(await terminal.content('errors')).toMatch(/^Stopped\. .*\n$/);
  });

  it('is named once in front of each line that Nx streams', async () => {
    terminal.npm('sleep 0.3; exit 1');
    const env = { IMAGE_STORE: `${workspace.root}/store`, NX_ISOLATE_PLUGINS: 'false', FORCE_COLOR: '0' };
    const { output } = await workspace.nx('run-many -t lock -p x --outputStyle=stream', env);
    expect(output).toMatch(/^x: ✗ fetch x@1\.0\.0 by npm /m);
    expect(output).not.toContain('x: fetch');
  });
});
