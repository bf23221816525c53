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
  #complete; // id of the newest message when none was missing
  #named = new Set(); // ids that the server named, of messages that were not here
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
    this.#complete ??= Math.max(0, this.#list.newestId);
    const known = Math.min(
      this.#complete - OVERLAP,
      this.#list.oldestIdUnreadByPeer - 1,
      ...[...this.#named].map((id) => id - 1),
    );
    this.#found = 0;
    this.#named.clear();
    this.#newer = { type: "history", after_id: Math.max(0, known) };
    this.retry();
  }

  // The server has named a message. If it is missing, others may be, and all are asked for.
  heardOf(id) {
    if (id === null || this.#list.has(id)) return;
    if (this.hasOlder && id < this.#list.oldestId) return; // not loaded yet
    this.#named.add(id);
    if (!this.#newer) this.catchUp();
  }

  // A message has come by itself, and behind it the one before.
  arrived({ id, previous_id }) {
    this.heardOf(previous_id);
    if (!this.#newer) this.#complete = Math.max(this.#complete, id);
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
    if (this.#newer) return this.#ask(this.#newer);
    this.#complete = Math.max(0, this.#list.newestId);
    this.#on.caughtUp(this.#found);
    for (const id of this.#named) if (this.#list.has(id)) this.#named.delete(id);
    if (this.#named.size) this.catchUp();
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
