/** Evidence as a test wants it: who signed which digest, or what goes wrong in looking. Implementations of the ports, so that the use-cases are the real ones. */
import type { Verification } from '../../src/app/deps.ts';
import type { HeraldError } from '../../src/core/errors.ts';
import type { SoundEvidence } from '../../src/core/evidence.ts';
import type { IdentityRule } from '../../src/core/identity-policy.ts';
import { T0 } from './stores.ts';

const ISSUER = 'https://token.actions.githubusercontent.com';
const WORKFLOW = 'https://github.com/kairos-io/kairos/.github/workflows/release.yaml';

const RULE: IdentityRule = {
  id: 'release',
  project: 'kairos',
  from: null,
  below: null,
  issuer: ISSUER,
  names: [{ kind: 'exact', name: `${WORKFLOW}@refs/tags/{tag}` }],
  source: null,
  trigger: null,
  runner: null,
};

/** `kairos` signs as the release `version`; a stranger signs as somebody else. */
export type Signing = { readonly by: 'kairos'; readonly version: string } | { readonly by: 'stranger' } | { readonly by: 'nobody' };

export interface ScriptedEvidence extends Verification {
  /** How each digest is signed, or what looking at it throws; nobody signed what is not in it. */
  readonly signed: Map<string, Signing | HeraldError>;
  /** The digests that were looked at, in order. */
  readonly looks: readonly string[];
  /** Another one makes every verdict rest on something else. */
  trustRoot: string;
}

export function scriptedEvidence(): ScriptedEvidence {
  const signed = new Map<string, Signing | HeraldError>();
  const looks: string[] = [];
  const scripted: ScriptedEvidence = {
    signed,
    looks,
    trustRoot: 'root',
    identities: [RULE],
    identitiesHash: 'identities',
    trustRoots: null,
    evidence: {
      collect: async ({ reference: digest }) => {
        looks.push(digest);
        const outcome = signed.get(digest);
        if (outcome instanceof Error) throw outcome;
        return { digest, form: 'index', platforms: [], pieces: [], broken: [], statements: [], attachedSbom: false, requests: 1 };
      },
    },
    checker: async () => ({
      basis: { trustRoot: scripted.trustRoot, verifier: 'scripted' },
      check: async ({ digest, form, platforms, attachedSbom }) => {
        const signing = signed.get(digest);
        const pieces = signing === undefined || signing instanceof Error || signing.by === 'nobody' ? [] : [signature(digest, signing)];
        return { digest, form, platforms, attachedSbom, pieces, statements: [] };
      },
    }),
  };
  return scripted;
}

function signature(digest: string, signing: Exclude<Signing, { by: 'nobody' }>): SoundEvidence {
  const name =
    signing.by === 'kairos'
      ? `${WORKFLOW}@refs/tags/${signing.version}`
      : 'https://github.com/stranger/kairos/.github/workflows/release.yaml';
  return {
    kind: 'sound',
    id: `${digest} by ${signing.by}`,
    name: 'layer 1',
    beside: digest,
    claim: { kind: 'signature', subjects: [digest] },
    signer: { kind: 'certificate', certificate: { names: [{ type: 'uri', value: name }], extensions: { 1: ISSUER, 8: ISSUER } } },
    signedAt: T0,
    logEntry: null,
  };
}
