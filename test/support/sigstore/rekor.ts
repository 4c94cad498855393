/** Rekor, the transparency log: version 1 promises the inclusion of an entry and tells its time, version 2 only proves its inclusion. */
import { randomBytes } from 'node:crypto';
import { createKey, type SigningKey, sha256 } from './keys.ts';
import { createMerkleTree } from './merkle.ts';

export interface InclusionProof {
  readonly index: number;
  readonly size: number;
  readonly root: Buffer;
  readonly path: readonly Buffer[];
  /** The signed head of the tree. */
  readonly checkpoint: string;
}

export interface LogEntry {
  readonly logId: Buffer;
  readonly index: number;
  readonly body: Buffer;
  /** In seconds; null in version 2. */
  readonly integratedTime: number | null;
  /** The SignedEntryTimestamp; null in version 2. */
  readonly promise: Buffer | null;
  readonly proof: InclusionProof;
}

export interface Log {
  readonly url: string;
  readonly id: Buffer;
  readonly key: SigningKey;
  add(body: Buffer, at: Date): LogEntry;
}

const V1_HOST = 'rekor.private.example';
const V1_TREE = '2605736670972794746';
/** Version 1 was sharded: the index of an entry in the log is not its index in the tree. */
const V1_FIRST_INDEX = 4_163_431;

/** With the `id` of another log it is an impostor: the same name, another key. */
export function createRekorV1(id?: Buffer): Log {
  const key = createKey('P-256');
  const logId = id ?? key.id;
  const tree = createTreeOf(V1_HOST, `${V1_HOST} - ${V1_TREE}`, logId, key);
  return {
    url: `https://${V1_HOST}`,
    id: logId,
    key,
    add(body, at) {
      const proof = tree.add(body);
      const index = V1_FIRST_INDEX + proof.index;
      const integratedTime = Math.floor(at.getTime() / 1000);
      // Canonical JSON: the keys in order, nothing between them.
      const entry = JSON.stringify({ body: body.toString('base64'), integratedTime, logID: logId.toString('hex'), logIndex: index });
      return { logId, index, body, integratedTime, promise: key.sign(Buffer.from(entry)), proof };
    },
  };
}

const V2_HOST = 'log2025-1.rekor.private.example';

export function createRekorV2(id?: Buffer): Log {
  const key = createKey('Ed25519');
  const logId = id ?? noteKeyId(V2_HOST, key.spki.subarray(-32));
  const tree = createTreeOf(V2_HOST, V2_HOST, logId, key);
  return {
    url: `https://${V2_HOST}`,
    id: logId,
    key,
    add(body) {
      const proof = tree.add(body);
      return { logId, index: proof.index, body, integratedTime: null, promise: null, proof };
    },
  };
}

/** How a signed note (C2SP) calls an Ed25519 key. Sigstore keeps the whole hash, a note its first four bytes. */
export function noteKeyId(name: string, publicKey: Uint8Array): Buffer {
  const ed25519 = Buffer.of(1);
  return sha256(`${name}\n`, ed25519, publicKey);
}

/** A tree that others write to as well: there is always an entry before and one after. */
function createTreeOf(name: string, origin: string, id: Buffer, key: SigningKey) {
  const tree = createMerkleTree();
  const foreign = () => tree.add(randomBytes(32));
  foreign();
  return {
    add(body: Buffer): InclusionProof {
      const index = tree.add(body);
      foreign();
      const { size, root } = tree;
      const head = `${origin}\n${size}\n${root.toString('base64')}\n`;
      const signature = Buffer.concat([id.subarray(0, 4), key.sign(Buffer.from(head))]);
      const checkpoint = `${head}\n\u2014 ${name} ${signature.toString('base64')}\n`;
      return { index, size, root, path: tree.path(index), checkpoint };
    },
  };
}
