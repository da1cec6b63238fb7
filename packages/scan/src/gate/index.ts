export { countByStatus, isFailing, type Counts } from './counts';
export { judge } from './judge';
