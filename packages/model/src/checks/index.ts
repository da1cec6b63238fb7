export { judgeCommand } from './judge-command';
export { judgeListing } from './judge-listing';
export { CHECK_SCRATCH, LISTING_ARGV } from './listing';
export { planChecks } from './plan';
export { checkFailures } from './report/failures';
export { junitXml } from './report/junit';
export { reportTable } from './report/table';
export { judgeSize } from './size';
export * from './types';
