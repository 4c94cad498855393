import { describe, expect, it } from 'vitest';
import { partChanges, partsOf } from '../../../src/core/parts.ts';

const versionIn = (release: string, name: string) => partsOf(release).find((part) => part.name === name)?.version;

describe('what a release is made of', () => {
  it('is what its build lists named, while the components had repositories of their own', () => {
    expect(versionIn('v4.2.0', 'immucore')).toBe('v0.20.4');
    expect(versionIn('4.2.0', 'kairos-agent')).toBe('v2.31.4');
    expect(versionIn('v3.1.3', 'provider-kairos')).toBe('v2.7.4');
  });

  it('is the release itself since they moved into its tree with v4.3.0, for later releases and candidates too', () => {
    expect(versionIn('v4.3.0', 'immucore')).toBe('v4.3.0');
    expect(versionIn('v4.3.0', 'auroraboot')).toBe('v0.27.1');
    expect(versionIn('v4.4.1', 'kairos-init')).toBe('v4.4.1');
    expect(versionIn('v4.3.0-rc1', 'kairos-init')).toBe('v4.3.0-rc1');
  });

  it('is empty where nobody wrote it down, never a guess from a neighbour', () => {
    expect(partsOf('v4.2.0-rc4')).toEqual([]);
    expect(partsOf('v2.3.0')).toEqual([]);
    expect(partsOf('master')).toEqual([]);
  });
});

describe('what became of the components between two releases', () => {
  it('gives each its own bump', () => {
    expect(partChanges('v4.1.0', 'v4.2.0')).toContainEqual({
      name: 'kairos-init',
      from: 'v0.13.0',
      to: 'v0.17.2',
      bump: 'minor',
    });
    expect(partChanges('v4.1.0', 'v4.2.0')).toContainEqual({ name: 'immucore', from: null, to: 'v0.20.4', bump: null });
  });

  it('says nothing about the size of a renumbering: kairos-init v0.17.2 to v4.3.0 is no breaking change', () => {
    expect(partChanges('v4.2.0', 'v4.3.0')).toContainEqual({ name: 'kairos-init', from: 'v0.17.2', to: 'v4.3.0', bump: null });
    expect(partChanges('v4.2.0', 'v4.3.0')).toContainEqual({ name: 'auroraboot', from: 'v0.26.2', to: 'v0.27.1', bump: 'minor' });
  });
});
