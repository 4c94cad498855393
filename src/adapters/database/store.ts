/** The store on PostgreSQL, put together from its parts; one SQL dialect on a server and on PGlite. */
import type { Kysely } from 'kysely';
import type { Store, StoreWriter } from '../../ports.ts';
import { announcementMethods } from './announcements.ts';
import { deliveryMethods } from './deliveries.ts';
import { imageMethods } from './images.ts';
import { inventoryMethods } from './inventories.ts';
import { leaseMethods } from './lease.ts';
import type { Database } from './open.ts';
import { releaseMethods } from './releases.ts';
import type { Schema } from './schema.ts';
import { subscriptionMethods } from './subscriptions.ts';
import { targetMethods } from './targets.ts';
import { verdictMethods } from './verdicts.ts';

/** The store of a migrated database. Closing the store closes the database. */
export function createStore(database: Pick<Database, 'db' | 'close'>): Store {
  return {
    ...writerOn(database.db),
    transaction: (work) => database.db.transaction().execute((trx) => work(writerOn(trx))),
    close: () => database.close(),
  };
}

function writerOn(db: Kysely<Schema>): StoreWriter {
  return {
    ...targetMethods(db),
    ...subscriptionMethods(db),
    ...imageMethods(db),
    ...releaseMethods(db),
    ...announcementMethods(db),
    ...deliveryMethods(db),
    ...leaseMethods(db),
    ...verdictMethods(db),
    ...inventoryMethods(db),
  };
}
