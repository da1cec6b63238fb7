import type { WorkspaceRig } from './rig';

/** Masks paths, ports, processes, times, keys and digests in output for snapshots. */
export function steady(output: string, rig: WorkspaceRig): string {
  return output
    .replaceAll(rig.folder, '<workspace>')
    .replaceAll(rig.store, '<store>')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:<port>')
    .replace(/\b[0-9a-f]{64}\b/g, '<sha256>')
    .replace(/\bkey [0-9a-f]{16}\b/g, 'key <id>')
    .replace(/\.\d+\.\d+\.\d+\.[0-9a-f]{12}\b/g, '.<process>')
    .replace(/\d+ files and directories/g, '<number> files and directories')
    .replace(/\d+ min \d+ s|\d+(\.\d+)? s\b/g, '<time>')
    .replace(/\d{8}T\d{6}Z/g, '<timestamp>')
    .replace(/\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z/g, '<timestamp>');
}
