/**
 * The pipeline of the tooling images: the repository's own Nx targets, run in a container.
 *
 * A laptop, GitHub Actions and an Argo Workflows step run the same tasks on the same engine. Nx decides what has
 * to run; its cache and the store of blobs are volumes of the engine.
 */
import { argument, type Container, dag, type Directory, func, object, type Secret } from '@dagger.io/dagger';
import { runNx, succeeded } from './nx';

/** What programs wrote into the repository; and its history, which only `publish` and `affected` read. */
const TASK_IGNORES = ['**/node_modules', '**/dist', '**/.nx', '**/coverage', '.dagger/sdk', '.git'];
const HISTORY_IGNORES = ['**/node_modules', '**/dist', '**/.nx', '**/coverage', '.dagger/sdk'];

const LAYOUT = '/layout';

@object()
export class ImageTooling {
  private readonly runner: Container;
  private readonly run: string;

  /**
   * @param runner Container that Nx runs in: Debian or Ubuntu with Node 20.19 or later and npm. One of your own
   * brings the settings of npm, Go, pip and apt for your network.
   * @param run Name of this run. The same name again gives that run's result, a failed one's too, and runs
   * nothing. Without a name every call asks Nx.
   */
  constructor(@argument({ defaultAddress: 'docker.io/library/node:20-trixie' }) runner: Container, run = '') {
    this.runner = runner;
    this.run = run;
  }

  /**
   * Builds an image with its parents and tools: `nx run <image>:build`. Gives its output folder (digest.json and
   * layers.json of each platform that was built).
   *
   * @param source The repository.
   * @param image Name of the image: its folder under images/.
   * @param layout Give the image itself instead, as an OCI layout with the tag "dev".
   */
  @func({ cache: 'never' })
  async build(
    @argument({ ignore: TASK_IGNORES }) source: Directory,
    image: string,
    layout = false,
  ): Promise<Directory> {
    if (!layout) return (await this.nx(source, ['run', `${image}:build`])).directory(outputOf(image));
    const loaded = await this.nx(source, ['run', `${image}:load`, `--to=oci:${LAYOUT}`]);
    return loaded.directory(LAYOUT);
  }

  /**
   * Tests an image: `nx run <image>:test`. Gives its report folder (junit.xml and report.json of each platform
   * that was tested), and fails where a check fails.
   *
   * @param source The repository.
   * @param image Name of the image: its folder under images/.
   * @param allowFailure Give the report of a failed test too, instead of failing. With the run's name (--run) it
   * is the report of the test that was run, and nothing runs again.
   */
  @func({ cache: 'never' })
  async test(
    @argument({ ignore: TASK_IGNORES }) source: Directory,
    image: string,
    allowFailure = false,
  ): Promise<Directory> {
    const result = await runNx(this.call(source), ['run', `${image}:test`]);
    const report = `${outputOf(image)}/report`;
    const excused = allowFailure && (await result.container.exists(report));
    return (excused ? result.container : await succeeded(result)).directory(report);
  }

  /**
   * Tests and publishes an image: `nx run <image>:publish`. Gives Nx's output.
   *
   * @param source The repository, with its commit (.git a folder, so no worktree).
   * @param image Name of the image: its folder under images/.
   * @param dockerConfig Content of docker's config.json with the login of the registry.
   */
  @func({ cache: 'never' })
  async publish(
    @argument({ ignore: HISTORY_IGNORES }) source: Directory,
    image: string,
    dockerConfig?: Secret,
  ): Promise<string> {
    const call = { ...this.call(source), dockerConfig };
    return (await succeeded(await runNx(call, ['run', `${image}:publish`]))).stdout();
  }

  /**
   * Runs targets of what a change reaches: `nx affected`. Gives the images' output folders, by path.
   *
   * @param source The repository, with its history back to the base (.git a folder, so no worktree).
   * @param base Commit, tag or branch that the change starts from.
   * @param head Commit, tag or branch of the change.
   * @param targets Targets to run.
   */
  @func({ cache: 'never' })
  async affected(
    @argument({ ignore: HISTORY_IGNORES }) source: Directory,
    base: string,
    head = 'HEAD',
    targets: string[] = ['test'],
  ): Promise<Directory> {
    const command = ['affected', ...targets.flatMap((target) => ['-t', target])];
    const ran = await this.nx(source, [...command, `--base=${base}`, `--head=${head}`]);
    return dag.directory().withDirectory('/', ran.directory('.'), { include: ['images/*/dist'] });
  }

  private async nx(source: Directory, command: readonly string[]): Promise<Container> {
    return succeeded(await runNx(this.call(source), command));
  }

  private call(source: Directory) {
    return { runner: this.runner, run: this.run, source };
  }
}

function outputOf(image: string): string {
  return `images/${image}/dist`;
}
