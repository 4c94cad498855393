/** Inventories of images. An image's digest names its content for ever, so what is inside is written once. */
import type { Kysely } from 'kysely';
import type { StoreWriter } from '../../ports.ts';
import type { Schema } from './schema.ts';
import { json } from './values.ts';

export function inventoryMethods(db: Kysely<Schema>): Pick<StoreWriter, 'inventory' | 'saveInventory'> {
  return {
    inventory: async (digest) => {
      const row = await db.selectFrom('inventory').select('inventory').where('digest', '=', digest).executeTakeFirst();
      return row?.inventory ?? null;
    },

    saveInventory: async (digest, inventory) => {
      // What vouches for it may change, and with it which of several documents is the one: the last one counts.
      const row = { inventory: json(inventory) };
      await db
        .insertInto('inventory')
        .values({ digest, ...row })
        .onConflict((conflict) => conflict.column('digest').doUpdateSet(row))
        .execute();
    },
  };
}
