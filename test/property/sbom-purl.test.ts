/** Package URLs: read as the library of the standard reads them, and without falling over whatever they are. */
import fc from 'fast-check';
import { PackageURL } from 'packageurl-js';
import { describe, expect, it } from 'vitest';
import { readPurl } from '../../src/core/sbom-purl.ts';

describe('a package URL', () => {
  const part = fc.stringMatching(/^[A-Za-z0-9._~+:!@ ü|%-]{1,12}$/).filter((text) => text.trim() === text);
  // The library decodes qualifiers a second time.
  const qualifier = part.filter((text) => !text.includes('%'));
  const type = fc.constantFrom('rpm', 'deb', 'apk', 'golang', 'generic', 'npm', 'github', 'cargo', 'maven');

  it('reads as the library of its standard reads it', () => {
    fc.assert(
      fc.property(
        type,
        fc.array(part, { minLength: 1, maxLength: 3 }),
        part,
        fc.option(part),
        fc.option(qualifier),
        (of, path, last, at, arch) => {
          const made = (() => {
            try {
              return new PackageURL(
                of,
                path.join('/'),
                last,
                at ?? undefined,
                { ...(arch === null ? {} : { arch }), distro: 'x' },
                undefined,
              );
            } catch {
              return null;
            }
          })();
          fc.pre(made !== null);
          const text = made?.toString() ?? '';
          const expected = PackageURL.fromString(text);
          expect(readPurl(text)).toMatchObject({
            type: expected.type,
            namespace: expected.namespace ?? '',
            name: expected.name,
            version: expected.version ?? '',
            arch: expected.qualifiers?.arch ?? '',
            distro: 'x',
          });
        },
      ),
    );
  });

  it('never throws', () => {
    const pieces = fc.constantFrom(
      'pkg:',
      '/',
      '@',
      '?',
      '#',
      '%',
      '%zz',
      '%2F',
      '&',
      '=',
      'deb',
      'arch=',
      'a',
      ' ',
      'é',
      '\ud800',
      '\u0000',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (list) => {
        const purl = readPurl(`pkg:${list.join('')}`);
        if (purl !== null) expect(purl.name).not.toBe('');
      }),
      { numRuns: 1_000 },
    );
  });
});
