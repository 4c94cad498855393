/** in-toto statements of the kinds that lie beside a Kairos image. */
import { type SpdxOptions, spdxDocument } from './spdx-document.ts';

export { type SpdxDocument, type SpdxOptions, spdxDocument } from './spdx-document.ts';

export interface Statement {
  readonly _type: string;
  readonly predicateType: string;
  readonly subject: readonly { readonly name?: string; readonly digest: Readonly<Record<string, string>> }[];
  readonly predicate: unknown;
}

interface About {
  /** `sha256:…` of the image. */
  readonly digest: string;
  readonly name?: string;
}

export interface SpdxStatementOptions extends About, SpdxOptions {
  /** cosign writes an object with `spdxjson`, the document as text with `spdx`, and did `{"Data": text}` in version 1. */
  readonly predicate?: 'object' | 'string' | 'data-wrapped';
  /** Default: https://spdx.dev/Document. */
  readonly type?: string;
  /** The document, when it is to be another than a generated one; text is the predicate as it is. */
  readonly document?: object | string;
}

const IN_TOTO_V01 = 'https://in-toto.io/Statement/v0.1';
const IN_TOTO_V1 = 'https://in-toto.io/Statement/v1';

export function spdxStatement({
  digest,
  name = 'quay.io/kairos/hadron',
  predicate = 'object',
  type,
  document,
  ...options
}: SpdxStatementOptions): Statement {
  const content = document ?? spdxDocument(options);
  const text = () => (typeof content === 'string' ? content : JSON.stringify(content));
  return {
    _type: IN_TOTO_V01,
    predicateType: type ?? 'https://spdx.dev/Document',
    subject: subjectOf({ digest, name }),
    predicate: predicate === 'object' ? content : predicate === 'string' ? text() : { Data: text() },
  };
}

/** As BuildKit puts it into an index: unsigned, and about a platform. */
export function provenanceStatement({ digest, name = 'pkg:docker/quay.io/kairos/hadron' }: About): Statement {
  const predicate = {
    builder: { id: 'https://github.com/kairos-io/kairos/actions/runs/1/attempts/1' },
    buildType: 'https://mobyproject.org/buildkit@v1',
    materials: [],
    invocation: { environment: { platform: 'linux/amd64' } },
  };
  return { _type: IN_TOTO_V01, predicateType: 'https://slsa.dev/provenance/v0.2', subject: subjectOf({ digest, name }), predicate };
}

/** What `cosign sign` of version 3 says about an image. */
export function cosignSignStatement(about: About): Statement {
  return { _type: IN_TOTO_V1, predicateType: 'https://sigstore.dev/cosign/sign/v1', subject: subjectOf(about), predicate: {} };
}

function subjectOf({ digest, name }: About): Statement['subject'] {
  const [algorithm = '', hex = ''] = digest.split(':');
  return [{ ...(name === undefined ? {} : { name }), digest: { [algorithm]: hex } }];
}
