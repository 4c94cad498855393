/** Started by sbom.ts: reads one SBOM from a file in a thread and prints the largest resident size of this process, in kilobytes. */
import { readFileSync } from 'node:fs';
import { readSbomFile } from '../src/adapters/sbom/reader.ts';

const [file = ''] = process.argv.slice(2);
const { packages } = await readSbomFile(readFileSync(file));
if (packages.length === 0) throw new Error('the SBOM of the benchmark was not read');
process.stdout.write(String(process.resourceUsage().maxRSS));
