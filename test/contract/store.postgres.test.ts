/** The store on a database server keeps the contract. */
import { postgres } from '../support/databases.ts';
import { deliveryBehaviour } from './delivery.behaviour.ts';
import { storeBehaviour } from './store.behaviour.ts';
import { verdictBehaviour } from './verdicts.behaviour.ts';

const server = await postgres();
storeBehaviour(server);
deliveryBehaviour(server);
verdictBehaviour(server);
