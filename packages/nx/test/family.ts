import type { Workspace } from './workspace';

const MEMBERS = ['base', 'helm', 'kubectl', 'k8s', 'k8s-aws'] as const;
type Member = (typeof MEMBERS)[number];

/**
 * The images and tools of a `Workspace` once more, under names of their own: one run of Nx can do the tasks of many
 * families, each with another change.
 */
export class Family {
  constructor(
    private readonly workspace: Workspace,
    private readonly name: string,
  ) {
    this.writeBase();
    this.writeKubectl();
    this.writeLeaf();
    workspace.write(`tools/${this.of('helm')}/tool.json`, { description: 'Charts', version: '1.0.0' });
    workspace.write(`images/${this.of('k8s')}/image.json`, {
      from: { image: this.of('base') },
      tools: [this.of('helm'), this.of('kubectl')],
    });
  }

  /** Returns the name of the image that is based on all others. */
  get leaf(): string {
    return this.of('k8s-aws');
  }

  of(member: Member): string {
    return `${this.name}-${member}`;
  }

  all(): string[] {
    return MEMBERS.map((member) => this.of(member));
  }

  /** Returns the calls that name a member. */
  callsIn(calls: readonly string[]): string[] {
    return calls.filter((call) => call.split(' ')[1]?.startsWith(`${this.name}-`));
  }

  writeBase(changed: object = {}): void {
    const base = { description: 'The system', from: { debian: 'trixie' }, packages: ['git'] };
    this.workspace.write(`images/${this.of('base')}/image.json`, { ...base, ...changed });
  }

  writeKubectl(changed: object = {}): void {
    const tool = { description: 'Kubernetes', version: '1.0.0' };
    this.workspace.write(`tools/${this.of('kubectl')}/tool.json`, { ...tool, ...changed });
  }

  writeLeaf(changed: object = {}): void {
    const image = { description: 'and AWS', from: { image: this.of('k8s') }, packages: ['awscli'] };
    this.workspace.write(`images/${this.leaf}/image.json`, { ...image, ...changed });
  }
}
