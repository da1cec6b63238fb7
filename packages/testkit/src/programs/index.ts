export { startMoto, type Moto } from './moto';
export { pythonPackages, type PythonPackages } from './python';
export { trixiePrograms } from './trixie';
