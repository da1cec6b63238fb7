export { NO_NAMESPACE } from './check';
export { readSettings, type Settings } from './read';
export {
  configSchema,
  type Config,
  type GithubProject,
  type GitlabProject,
  type StaticToken,
} from './schema';
