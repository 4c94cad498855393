/** Who signed what in the recorded world: the release workflow of the time, mostly. Its keys are the world's own, made anew in every run. */
import { epochMs, type Instant } from '../../src/core/time.ts';
import { type KairosPeriod, kairosIdentity } from '../support/sigstore/kairos.ts';
import { type CosignLayer, createPrivateSigstore, type PrivateSigstore } from '../support/sigstore/private-sigstore.ts';

/**
 * `kairos`: as every release was; `stranger`: through the same public workflow, called from somebody else's repository; `nobody`: the job that
 * signs did not run. What history does not know is here so that there is something to tell.
 */
type SignedBy = 'kairos' | 'stranger' | 'nobody';

/** By tag and by how often it was pushed. */
const EXCEPTIONS: Readonly<Record<string, readonly SignedBy[]>> = {
  'v0.5.1-core-arm64-rpi4-v4.2.0': ['nobody'],
  'v0.5.1-core-amd64-generic-v4.2.0': ['kairos', 'stranger'],
};

export interface Pushed {
  readonly repository: string;
  readonly tag: string;
  readonly version: string;
  readonly build: number;
  readonly digest: string;
  readonly at: Instant;
}

let sigstore: PrivateSigstore | null = null;
const layers = new Map<string, CosignLayer>();

function worldSigstore(): PrivateSigstore {
  sigstore ??= createPrivateSigstore();
  return sigstore;
}

/** What signatures of this world are checked against, as the text of a trusted_root.json. */
export function worldTrustRoot(): string {
  return JSON.stringify(worldSigstore().trustedRoot);
}

/** The layer of the `.sig` tag of an image; null where nobody signed it. Made once a digest: several worlds in one process are the same. */
export function signatureOf({ repository, tag, version, build, digest, at }: Pushed): CosignLayer | null {
  const by = EXCEPTIONS[tag]?.[build - 1] ?? 'kairos';
  if (by === 'nobody') return null;
  const known = layers.get(digest);
  if (known !== undefined) return known;
  const period = periodOf(version);
  const identity = kairosIdentity(version, period, by === 'stranger' ? { repository: 'kairos-mirror/kairos' } : {});
  const layer = worldSigstore().signImage(digest, `quay.io/${repository}`, { at: new Date(epochMs(at)), identity });
  layers.set(digest, layer);
  return layer;
}

/** The record begins with v3.5: a factory in a repository of its own, and from v4.3.0 on in that of Kairos. */
function periodOf(version: string): KairosPeriod {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > 4 || (major === 4 && minor >= 3) ? 'E' : 'D';
}
