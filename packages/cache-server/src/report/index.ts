export { openLog, type Log } from './log';
export { Metrics } from './metrics';
