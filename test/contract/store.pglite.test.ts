/** The store in the embedded database keeps the contract. */
import { pglite } from '../support/databases.ts';
import { deliveryBehaviour } from './delivery.behaviour.ts';
import { storeBehaviour } from './store.behaviour.ts';
import { verdictBehaviour } from './verdicts.behaviour.ts';

storeBehaviour(pglite);
deliveryBehaviour(pglite);
verdictBehaviour(pglite);
