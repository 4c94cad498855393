/** A repository of The Update Framework with one target, signed by keys that live as long as the test (https://theupdateframework.github.io/specification/). */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';

export interface TufOptions {
  /** What each role of it expires at. Default: in a year. */
  readonly expires?: Partial<Record<'root' | 'timestamp' | 'snapshot' | 'targets', Date>>;
  /** Somebody else signs the timestamp. */
  readonly forgedTimestamp?: boolean;
}

export interface TufRepository {
  /** The first root of trust, to be known beforehand. */
  readonly root: Buffer;
  /** What lies at which path. */
  readonly files: ReadonlyMap<string, Buffer>;
}

interface Key {
  readonly id: string;
  readonly public: string;
  sign(text: string): string;
}

const YEAR_MS = 365 * 24 * 3_600_000;

export function createTufRepository(name: string, target: Buffer, options: TufOptions = {}): TufRepository {
  const key = createKey();
  const expires = (role: keyof NonNullable<TufOptions['expires']>): string =>
    (options.expires?.[role] ?? new Date(Date.now() + YEAR_MS)).toISOString().replace(/\.\d+Z$/, 'Z');
  const role = { keyids: [key.id], threshold: 1 };
  const common = { spec_version: '1.0.31', version: 1 };
  const metadata = (signed: object, by: Key = key): Buffer =>
    Buffer.from(JSON.stringify({ signatures: [{ keyid: key.id, sig: by.sign(canonical(signed)) }], signed }));
  const listed = (bytes: Buffer) => ({ version: 1, length: bytes.length, hashes: { sha256: sha256(bytes) } });

  const root = metadata({
    _type: 'root',
    ...common,
    expires: expires('root'),
    consistent_snapshot: true,
    keys: { [key.id]: { keytype: 'ed25519', scheme: 'ed25519', keyval: { public: key.public } } },
    roles: { root: role, timestamp: role, snapshot: role, targets: role },
  });
  const { version: _, ...entry } = listed(target);
  const targets = metadata({ _type: 'targets', ...common, expires: expires('targets'), targets: { [name]: entry } });
  const snapshot = metadata({ _type: 'snapshot', ...common, expires: expires('snapshot'), meta: { 'targets.json': listed(targets) } });
  const timestamp = metadata(
    { _type: 'timestamp', ...common, expires: expires('timestamp'), meta: { 'snapshot.json': listed(snapshot) } },
    options.forgedTimestamp === true ? createKey() : key,
  );
  return {
    root,
    files: new Map([
      ['/timestamp.json', timestamp],
      ['/1.snapshot.json', snapshot],
      ['/1.targets.json', targets],
      [`/targets/${sha256(target)}.${name}`, target],
    ]),
  };
}

function createKey(): Key {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32).toString('hex');
  return { id: sha256(Buffer.from(raw)), public: raw, sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex') };
}

/** OLPC's canonical JSON; nothing in here needs its rules for texts. */
function canonical(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`).join(',')}}`;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
