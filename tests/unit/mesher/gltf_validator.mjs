// node gltf_validator.mjs <package folder> <file.glb>: prints Khronos' report as JSON.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , folder, file] = process.argv;
const validator = createRequire(import.meta.url)(folder);
const report = await validator.validateBytes(new Uint8Array(readFileSync(file)), { maxIssues: 100 });
process.stdout.write(JSON.stringify(report));
