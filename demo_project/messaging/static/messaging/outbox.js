// Messages that the server has not confirmed. They are sent one at a time, so their order holds even when one has to be
// sent again, and each keeps its client_id, so the server stores it once. They outlast a reload of the page.

import { Deadline } from "./connection.js";

export class Outbox {
  #key;
  #connection;
  #list;
  #messages; // as written; the server has refused those with a `refused` text
  #sent = null; // client_id of the one that is on its way
  #state = "sending";
  #answer;

  constructor(key, connection, list) {
    this.#key = key;
    this.#connection = connection;
    this.#list = list;
    this.#answer = new Deadline(() => connection.drop());
    this.#messages = JSON.parse(sessionStorage.getItem(key) ?? "[]");
    for (const message of this.#messages) this.#show(message);
  }

  add(content) {
    const message = { client_id: randomUUID(), content, created_at: new Date().toISOString() };
    this.#messages.push(message);
    this.#show(message);
    this.flush();
    this.#save();
  }

  // Send the next message, unless one is on its way.
  flush() {
    const next = this.#messages.find((message) => !message.refused);
    if (!next || !this.#connection.isIn || this.#sent !== null) return;
    this.#sent = next.client_id;
    this.#answer.start();
    this.#connection.send({ type: "message", client_id: next.client_id, content: next.content });
  }

  joined() {
    this.#setState("sending");
    this.flush();
  }

  lost() {
    this.#forget();
    this.#setState("not sent yet");
  }

  // The server has asked for patience: wait for retry().
  hold() {
    this.#answer.stop();
  }

  // Send again what was on its way.
  retry() {
    this.#forget();
    this.flush();
  }

  acknowledge(client_id) {
    if (this.#find(client_id)) this.remove(client_id);
  }

  refuse(client_id, detail) {
    const message = this.#find(client_id);
    if (!message) return;
    message.refused = detail;
    this.#show(message);
    this.#done(client_id);
  }

  // The server failed, and may have stored the message all the same. Another attempt tells; one that fails as well does not.
  doubt(client_id, detail) {
    const message = this.#find(client_id);
    if (message?.doubted) this.refuse(client_id, detail);
    else if (message) message.doubted = true;
  }

  tryAgain(client_id) {
    const { refused, doubted, ...message } = this.#find(client_id);
    this.#messages = [...this.#messages.filter((other) => other.client_id !== client_id), message];
    this.#show(message);
    this.#done(client_id);
  }

  remove(client_id) {
    this.#messages = this.#messages.filter((message) => message.client_id !== client_id);
    this.#done(client_id);
  }

  #forget() {
    this.#answer.stop();
    this.#sent = null;
  }

  #done(client_id) {
    if (this.#sent === client_id) this.#forget();
    this.#save();
    this.flush();
  }

  #find(client_id) {
    return this.#messages.find((message) => message.client_id === client_id);
  }

  #setState(state) {
    this.#state = state;
    for (const message of this.#messages) this.#show(message);
  }

  #show(message) {
    this.#list.showWaiting(message, message.refused ? "not sent" : this.#state, message.refused);
  }

  #save() {
    if (this.#messages.length) sessionStorage.setItem(this.#key, JSON.stringify(this.#messages));
    else sessionStorage.removeItem(this.#key);
  }
}

// crypto.randomUUID exists on HTTPS and localhost only.
export function randomUUID() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40; // version 4
  bytes[8] = (bytes[8] & 0x3f) | 0x80; // variant of RFC 9562
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
