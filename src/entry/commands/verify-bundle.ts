/** herald verify-bundle: whether a signature from a file is by whom it should be and over what it should be; the exit code is the verdict. */
import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { z } from 'zod';
import type { SingleAnswer, SingleEvidence } from '../../adapters/sigstore/single.ts';
import { HeraldError } from '../../core/errors.ts';
import type { Fault, SignerFacts } from '../../core/evidence.ts';
import { EXTENSION, matchSigner, type ResolvedRule } from '../../core/identity-policy.ts';
import type { Message } from '../../core/message.ts';
import type { Instant } from '../../core/time.ts';
import type { VerdictState } from '../../core/verdict.ts';
import type { CommandContext } from '../command-context.ts';
import { loadSettings } from '../config.ts';
import { printJson, printMessage, type Terminal } from '../terminal.ts';
import { VERDICT_EXIT } from './verify.ts';

interface Options {
  readonly bundle?: string;
  readonly layer?: string;
  readonly annotations?: string;
  readonly certificateIdentity?: string;
  readonly certificateOidcIssuer?: string;
  readonly key?: string;
  readonly sourceRepository?: string;
  readonly sourceRef?: string;
  readonly predicateType?: string;
  readonly trustedRoot?: string;
  readonly json?: boolean;
}

/** What is printed with `--json`. */
interface Outcome {
  readonly state: VerdictState;
  /** Of the artifact. */
  readonly digest: string;
  readonly fault: Fault | null;
  /** Why it is not verified. */
  readonly message: string | null;
  /** The names in the certificate, or that it is the key that was asked for. */
  readonly signer: SignerFacts | null;
  readonly signedAt: Instant | null;
  readonly logEntry: string | null;
  readonly predicateType: string | null;
}

export function verifyBundleCommand(context: CommandContext): Command {
  const { terminal } = context;
  return new Command('verify-bundle')
    .description('check a signature or an attestation from a file against what it should be about and who should have made it; offline')
    .argument('<artifact>', 'the file that was signed, or sha256:… of it; for an attestation, what it is about')
    .addOption(new Option('--bundle <file>', 'a Sigstore bundle').conflicts(['layer', 'annotations']))
    .option('--layer <file>', 'a layer of a cosign tag (.sig or .att), with --annotations')
    .option('--annotations <file>', 'the annotations of that layer, a JSON object')
    .option('--certificate-identity <name>', 'who should have signed: the name in the certificate, exactly')
    .option('--certificate-oidc-issuer <url>', 'who should have vouched for that name, exactly')
    .addOption(
      new Option('--key <file>', 'the public key that should have signed, in PEM').conflicts([
        'certificateIdentity',
        'certificateOidcIssuer',
      ]),
    )
    .addOption(new Option('--source-repository <url>', 'the repository the workflow should have run for').conflicts('key'))
    .addOption(new Option('--source-ref <ref>', 'the ref it should have run on, such as refs/tags/v4.3.0').conflicts('key'))
    .option('--predicate-type <type>', 'what an attestation should be of, exactly')
    .option('--trusted-root <file>', "whom to trust; the configuration's own, or the one that comes with Herald, if not given")
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit codes: 0 verified, 3 there is no signature, 4 rejected, 5 could not be checked, 2 usage.

Examples:
  herald verify-bundle --bundle kairos.iso.sha256.bundle \\
    --certificate-identity https://github.com/kairos-io/kairos/.github/workflows/reusable-release.yaml@refs/tags/v3.5.0 \\
    --certificate-oidc-issuer https://token.actions.githubusercontent.com kairos.iso.sha256
  herald verify-bundle --layer layer.json --annotations annotations.json --key cosign.pub sha256:0123…`,
    )
    .action(async (artifact: string, options: Options) => {
      const outcome = await outcomeOf(artifact, options, terminal);
      context.exitCode = VERDICT_EXIT[outcome.state];
      if (options.json === true) printJson(terminal, outcome);
      else printMessage(terminal, outcomeMessage(artifact, outcome));
    });
}

async function outcomeOf(named: string, options: Options, terminal: Terminal): Promise<Outcome> {
  const expected = expectedSigner(options);
  const key = options.key === undefined ? null : keyFrom(options.key, await read(options.key));
  const evidence = await evidenceFrom(options);
  const artifact = await artifactFrom(named);
  const { checkSingle } = await import('../../adapters/sigstore/single.ts');
  const trustRoot = await read(options.trustedRoot ?? loadSettings(terminal.env).verification.trustRoot.file);
  const digest = `sha256:${artifact.sha256}`;
  try {
    return judged(digest, checkSingle({ evidence, artifact, trustRoot, key }), expected, options);
  } catch (error) {
    if (!(error instanceof HeraldError) || error.code === 'INVALID_QUERY') throw error;
    return { ...NOTHING, state: 'unknown', digest, message: error.message };
  }
}

const NOTHING = { fault: null, message: null, signer: null, signedAt: null, logEntry: null, predicateType: null } as const;

/** Who should have signed: a name and who vouches for it, or a key. */
type Expected = Pick<ResolvedRule, 'names' | 'issuer'> | null;

function expectedSigner({ certificateIdentity: name, certificateOidcIssuer: issuer, key }: Options): Expected {
  if (key !== undefined) return null;
  if (name !== undefined && issuer !== undefined) return { names: [{ kind: 'exact', name }], issuer };
  throw new HeraldError('INVALID_QUERY', 'Who should have signed is not said.', {
    hint: 'Give --certificate-identity and --certificate-oidc-issuer, or --key.',
  });
}

function judged(digest: string, answer: SingleAnswer, expected: Expected, options: Options): Outcome {
  if (answer.kind === 'unsigned') return { ...NOTHING, state: 'unsigned', digest };
  if (answer.kind === 'broken') return { ...NOTHING, state: 'rejected', digest, fault: answer.fault, message: answer.message };
  const { signer, signedAt, logEntry, claim } = answer;
  const predicateType = claim.kind === 'attestation' ? claim.predicateType : null;
  const facts = { digest, signer, signedAt, logEntry, predicateType };
  const refused = (fault: Fault, message: string): Outcome => ({ ...facts, state: 'rejected', fault, message });
  if (options.predicateType !== undefined && options.predicateType !== predicateType) {
    return refused('PREDICATE_TYPE', predicateType === null ? 'it is no attestation' : `it is an attestation of ${predicateType}`);
  }
  if (expected !== null) {
    const match = matchSigner([ruleFor(expected, signer, options)], signer);
    if (match.kind === 'mismatch') return refused('POLICY', match.message);
  }
  return { ...facts, state: 'verified', fault: null, message: null };
}

/** What was not asked for may be whatever the certificate says. */
function ruleFor(expected: NonNullable<Expected>, signer: SignerFacts, { sourceRepository, sourceRef }: Options): ResolvedRule {
  const extensions = signer.kind === 'certificate' ? signer.certificate.extensions : {};
  const source = {
    repository: sourceRepository ?? extensions[EXTENSION.repository] ?? `https://github.com/${extensions[EXTENSION.repositoryV1]}`,
    ref: sourceRef ?? extensions[EXTENSION.ref] ?? extensions[EXTENSION.refV1] ?? '',
  };
  const isAsked = sourceRepository !== undefined || sourceRef !== undefined;
  return { id: 'command line', ...expected, source: isAsked ? source : null, trigger: null, runner: null };
}

/** A digest is one only if no file is called that (the protocol of the Sigstore conformance suite). */
const DIGEST = /^sha256:([0-9a-fA-F]{64})$/;

async function artifactFrom(named: string): Promise<{ readonly sha256: string; readonly bytes: Buffer | null }> {
  const hex = DIGEST.exec(named)?.[1];
  if (hex !== undefined && !existsSync(named)) return { sha256: hex.toLowerCase(), bytes: null };
  const bytes = await read(named);
  return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes };
}

const Annotations = z.record(z.string(), z.string());

async function evidenceFrom({ bundle, layer, annotations }: Options): Promise<SingleEvidence> {
  if (bundle !== undefined) return { kind: 'bundle', bytes: await read(bundle) };
  if (layer === undefined || annotations === undefined) {
    throw new HeraldError('INVALID_QUERY', 'What is to be checked is not said.', { hint: 'Give --bundle, or --layer and --annotations.' });
  }
  const beside = Annotations.safeParse(jsonOf(await read(annotations)));
  if (!beside.success) throw new HeraldError('INVALID_QUERY', `${annotations} is not a JSON object of texts.`);
  return { kind: 'layer', bytes: await read(layer), annotations: beside.data };
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch {
    return null;
  }
}

function keyFrom(file: string, pem: Buffer): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (cause) {
    throw new HeraldError('INVALID_QUERY', `${file} is not a public key in PEM.`, { cause });
  }
}

async function read(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new HeraldError('INVALID_QUERY', `${file} cannot be read.`, { cause });
  }
}

const TITLES: Readonly<Record<VerdictState, string>> = {
  verified: 'Verified',
  unsigned: 'Not signed',
  rejected: 'Rejected',
  unknown: 'Could not be checked',
};
const TONES = { verified: 'good', unsigned: 'warning', rejected: 'alarm', unknown: 'warning' } as const;

function outcomeMessage(artifact: string, { state, digest, fault, message, signer, signedAt, logEntry, predicateType }: Outcome): Message {
  const row = (label: string, text: string | null) => (text === null ? [] : [{ label, value: [text] }]);
  const rows = [
    ...row('Digest', artifact === digest ? null : digest),
    ...row('Refused', fault === null ? null : `${fault}: ${message}`),
    ...row('Signed by', signerText(signer)),
    ...row('Signed at', signedAt),
    ...row('In the log as', logEntry),
    ...row('Attestation of', predicateType),
  ];
  return {
    tone: TONES[state],
    title: `${TITLES[state]}: ${artifact}`,
    summary: state === 'unsigned' ? ['There is no signature in what was given.'] : state === 'unknown' ? [message ?? ''] : [],
    sections: [{ rank: 1, section: { kind: 'facts', rows } }],
    footer: [],
    labels: [],
  };
}

function signerText(signer: SignerFacts | null): string | null {
  if (signer === null) return null;
  if (signer.kind === 'key') return 'the key that was given';
  return signer.certificate.names.map(({ value }) => value).join(', ');
}
