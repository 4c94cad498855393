import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isArtifact, parseReference, printReference } from '../../../src/core/image.ts';
import { parseReleaseFile, printReleaseFile } from '../../../src/core/release-file.ts';
import { REFERENCES } from '../../support/arbitraries.ts';
import { readTable } from '../../support/fixtures.ts';

const KINDS = ['os-image', 'raw-image', 'attached', 'component', 'framework', 'moving', 'unrecognised'];
const REAL = readTable('references.tsv', z.object({ reference: z.string() })).map(({ reference }) => reference);
const REAL_FILES = readTable('release-files.tsv', z.object({ name: z.string() })).map(({ name }) => name);

const digest = fc.option(fc.constant(`@sha256:${'0f'.repeat(32)}`), { nil: '' });

/** A real text with a piece cut out, doubled, or replaced by the piece of another. */
function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  return fc
    .tuple(
      fc.constantFrom(...texts),
      fc.constantFrom(...texts),
      fc.nat(),
      fc.nat({ max: 12 }),
      fc.constantFrom('cut', 'double', 'graft', 'noise'),
      fc.string({ unit: 'binary', maxLength: 4 }),
    )
    .map(([text, other, seed, length, way, noise]) => {
      const at = seed % (text.length + 1);
      const piece = text.slice(at, at + length);
      const rest = text.slice(at + length);
      if (way === 'cut') return text.slice(0, at) + rest;
      if (way === 'double') return text.slice(0, at) + piece + piece + rest;
      return text.slice(0, at) + (way === 'graft' ? other.slice(at, at + length) : noise) + rest;
    });
}

describe('every image of every era', () => {
  it.each(Object.entries(REFERENCES))('%s: parsing gives back what was put in, printing the text', (_era, made) => {
    fc.assert(
      fc.property(made, digest, ({ reference, fields }, pin) => {
        const read = parseReference(reference + pin);
        if (!isArtifact(read)) throw new Error(`${reference} is ${read.kind}: ${read.kind === 'unrecognised' ? read.reason : ''}`);
        expect(printReference(read)).toBe(reference + pin);
        expect({
          kind: read.kind,
          flavor: read.flavor,
          flavorRelease: read.flavorRelease,
          variant: read.variant,
          arch: read.arch,
          model: read.model,
          version: read.version.kind === 'release' ? read.version.version.text : read.version.text,
          kubernetes: read.kubernetes && { distro: read.kubernetes.distro, version: read.kubernetes.version?.text ?? null },
          uki: read.uki,
        }).toEqual(fields);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('no text is too strange', () => {
  const strange = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 600 }),
    fc.string({ unit: fc.constantFrom(...'abk30v.-_:/@sha256coreimgukidtn'), maxLength: 400 }),
    mutated(REAL),
  );

  it('to be one of the kinds, and what is recognised prints as it was given', () => {
    fc.assert(
      fc.property(strange, (text) => {
        const read = parseReference(text);
        expect(KINDS).toContain(read.kind);
        if (read.kind === 'unrecognised') expect(read.reason).not.toBe('');
        else if (read.input.includes('/') || read.repository === '') expect(printReference(read)).toBe(read.input);
      }),
      { numRuns: 5_000 },
    );
  });

  it('to be a release file or none', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), mutated(REAL_FILES)), (name) => {
        const file = parseReleaseFile(name);
        expect(printReleaseFile(file)).toBe(name.replaceAll(/%2B/gi, '+').slice(0, 255));
      }),
      { numRuns: 2_000 },
    );
  });

  it('and none is long enough to be worked on: beyond the length of a reference only the length is looked at', () => {
    const unit = fc.constantFrom('a', '-core-amd64-', 'quay.io/', '-k3s', '1.', ':', '@', 'sha256-', '-img');
    fc.assert(
      fc.property(unit, fc.integer({ min: 100_000, max: 1_000_000 }), (piece, length) => {
        const text = piece.repeat(Math.ceil(length / piece.length));
        expect(parseReference(text)).toMatchObject({ kind: 'unrecognised', format: 'too long' });
        expect(parseReleaseFile(text)).toMatchObject({ kind: 'unrecognised', format: 'too long' });
      }),
      { numRuns: 50 },
    );
  });
});
