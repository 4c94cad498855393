/** Writes docs/tag-conformance.md from the cases: `npm run conformance`. */
import { writeFileSync } from 'node:fs';
import { conformanceSuite } from '../test/support/conformance.ts';
import { conformancePage } from '../test/support/conformance-page.ts';

writeFileSync(new URL('../docs/tag-conformance.md', import.meta.url), conformancePage(conformanceSuite()));
