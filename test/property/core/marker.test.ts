import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseMarker, printMarker } from '../../../src/core/marker.ts';

/** Keys up to the length that stays within the marker's cap when every character takes twelve. */
const anyKey = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter((key) => encodeURIComponent(key).length <= 1000);
const anyText = fc.string({ unit: 'grapheme', maxLength: 200 });

describe('marker', () => {
  it('gives back the key that was printed, at the end of any text', () => {
    fc.assert(fc.property(anyText, anyKey, (text, key) => parseMarker(`${text}\n\n${printMarker(key)}`) === key));
  });

  it('is one HTML comment that no key can end early', () => {
    fc.assert(fc.property(anyKey, (key) => printMarker(key).indexOf('-->') === printMarker(key).length - 3));
  });

  it('is the last one, whatever markers were planted before it', () => {
    fc.assert(fc.property(fc.array(anyKey), anyKey, (planted, key) => parseMarker([...planted, key].map(printMarker).join('\n')) === key));
  });

  it('is absent from texts without one, and never makes anything throw', () => {
    fc.assert(fc.property(anyText, (text) => parseMarker(text) === null));
    for (const broken of [
      '<!-- kairos-herald:v1 key= -->',
      '<!-- kairos-herald:v1 key=%E0%A4%A -->',
      '<!-- kairos-herald:v2 key=a -->',
      '<!-- kairos-herald:v1 key=a',
    ]) {
      expect(parseMarker(broken), broken).toBeNull();
    }
  });
});
