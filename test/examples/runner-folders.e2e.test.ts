import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeImages } from '../../packages/pipeline/test/fixture-images';
import { fixtureArchive, rigWithBase } from '../../packages/pipeline/test/shared-base';
import { yamlOf } from './files';
import { podman, type Podman, type PodmanRun } from './podman';

interface Workflow {
  readonly jobs: { readonly deploy: { readonly container: { readonly options: string } } };
}

/** The user of GitHub's own runners. */
const RUNNER = 1001;

// As actions/runner prepares a job with `container:`: its folders, which belong to its user, and where it mounts them.
describe('a job of GitHub Actions in an image', () => {
  const engine: Podman = podman();
  let options: string[];

  beforeAll(async () => {
    options = (await yamlOf<Workflow>('images-in-ci/github.yaml')).jobs.deploy.container.options.split(' ');
    for (const folder of ['work', 'work/_temp', 'work/_temp/_runner_file_commands', 'work/app', 'home']) {
      mkdirSync(join(engine.folder, folder), { mode: 0o755 });
      chownSync(join(engine.folder, folder), RUNNER, RUNNER);
    }
    const archive = await fixtureArchive();
    const rig = await rigWithBase({ archives: [archive] });
    try {
      await writeImages(rig);
      await rig.must(['lock', 'base']);
      await rig.must(['build', 'base']);
      await rig.must(['load', 'base', '--to=oci-archive:image.tar']);
      expect(engine('load', '--input', join(rig.folder, 'image.tar'))).toMatchObject({ exitCode: 0 });
    } finally {
      await rig.remove();
      await archive.stop();
    }
  });
  afterAll(() => engine.remove());

  const inJob = (flags: readonly string[], script: string): PodmanRun => {
    const mounts = ['-v', `${engine.folder}/work:/__w`, '-v', `${engine.folder}/home:/github/home`];
    const job = ['--workdir=/__w/app', '--env=HOME=/github/home', '--network=none'];
    const image = engine('images', '--format={{.ID}}').output.split('\n')[0]!;
    return engine('run', '--rm', ...mounts, ...job, ...flags, image, 'bash', '-ec', script);
  };
  // What actions/checkout does first, and where it fails (actions/runner#1214).
  const CHECKOUT = 'echo state > /__w/_temp/_runner_file_commands/save_state';

  it('can not check out as the image’s user', () => {
    const end = inJob([], CHECKOUT);
    expect(end.exitCode).toBe(1);
    expect(end.output).toContain('/__w/_temp/_runner_file_commands/save_state: Permission denied');
  });

  it('can with the options of the example, and write to its home', () => {
    const end = inJob(
      options,
      `${CHECKOUT}; echo x > file; touch ~/.config /work/file; id -u; stat -c %u file`,
    );
    expect(end).toEqual({ exitCode: 0, output: `${RUNNER}\n${RUNNER}\n` });
  });
});
