import { moduleVersion, type GoModuleTool } from '../tool';

/** Returns the arguments of the go command that resolves what a tool needs (`go help get`). */
export function getTool(tool: GoModuleTool): string[] {
  return ['get', '-modcacherw', '-tool', `${tool.package}@${moduleVersion(tool)}`];
}
