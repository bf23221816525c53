// Messages that the page has not seen: newer ones after an absence, older ones on demand.

import { Deadline } from "./connection.js";

const OVERLAP = 50; // ids; a message may be stored a little later than one with a higher id

export class History {
  hasOlder;
  #connection;
  #list;
  #on;
  #newer = null; // the request that is not answered yet
  #older = null;
  #found = 0; // new messages from the peer since catchUp()
  #answer;

  // on: caughtUp(number of new messages), older(insert), where insert() puts older messages in and returns their number
  constructor(connection, list, hasOlder, on) {
    this.#connection = connection;
    this.#list = list;
    this.hasOlder = hasOlder;
    this.#on = on;
    this.#answer = new Deadline(() => connection.drop());
  }

  // Ask for what came in the meantime, and whether the peer has read since what was here.
  catchUp() {
    const newest = this.#list.newestId;
    const known = Math.min(newest - OVERLAP, this.#list.oldestIdUnreadByPeer - 1);
    this.#found = 0;
    this.#newer = Number.isFinite(newest) ? { type: "history", after_id: Math.max(0, known) } : { type: "history" };
    this.retry();
  }

  loadOlder() {
    if (!this.hasOlder || this.#older) return;
    this.#older = { type: "history", before_id: this.#list.oldestId };
    this.#ask(this.#older);
  }

  // Ask again for what is not answered.
  retry() {
    for (const request of [this.#newer, this.#older]) if (request) this.#ask(request);
  }

  hold() {
    this.#answer.stop();
  }

  receive(frame) {
    if (frame.before_id === null) this.#receiveNewer(frame.messages);
    else this.#receiveOlder(frame.messages);
    if (!this.#newer && !this.#older) this.hold();
  }

  #receiveNewer(messages) {
    for (const message of messages) this.#found += this.#list.show(message) && !this.#list.isMine(message);
    this.#newer = messages.length ? { type: "history", after_id: messages.at(-1).id } : null;
    if (this.#newer) this.#ask(this.#newer);
    else this.#on.caughtUp(this.#found);
  }

  #receiveOlder(messages) {
    this.#older = null;
    this.hasOlder = messages.length > 0;
    this.#on.older(() => messages.filter((message) => this.#list.show(message)).length);
  }

  #ask(request) {
    if (!this.#connection.isIn) return;
    this.#answer.start();
    this.#connection.send(request);
  }
}
