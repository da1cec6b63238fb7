const LOCAL = 'urn:image-tooling:builder:local';

/**
 * Returns who builds, for provenance: as nx.json says, else the workflow of GitHub or the project of GitLab, else an
 * unnamed machine.
 */
export function builderId(stated: string | undefined, env: NodeJS.ProcessEnv): string {
  return stated ?? jobId(env) ?? LOCAL;
}

const LOCAL_VERIFIER = 'urn:image-tooling:verifier:local';

/** Returns the URI of the party that verifies, for verification summaries, as `builderId` does. */
export function verifierId(stated: string | undefined, env: NodeJS.ProcessEnv): string {
  return stated ?? jobId(env) ?? LOCAL_VERIFIER;
}

function jobId(env: NodeJS.ProcessEnv): string | undefined {
  return githubWorkflow(env) ?? gitlabProject(env);
}

/** docs.github.com, "Variables reference": GITHUB_WORKFLOW_REF. */
function githubWorkflow(env: NodeJS.ProcessEnv): string | undefined {
  const { GITHUB_SERVER_URL: server, GITHUB_WORKFLOW_REF: workflow } = env;
  return server && workflow ? `${server}/${workflow}` : undefined;
}

/** docs.gitlab.com, "Predefined CI/CD variables reference". */
function gitlabProject(env: NodeJS.ProcessEnv): string | undefined {
  const { CI_PROJECT_URL: project, CI_CONFIG_PATH: file } = env;
  return project && file ? `${project}//${file}` : undefined;
}
