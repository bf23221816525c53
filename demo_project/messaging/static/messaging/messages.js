// The list of messages: in the order of their ids, those without one last; text only, never markup.

import { describeTime } from "./times.js";

const STATES = ["not sent", "not sent yet", "sending", "sent", "delivered", "read"];

export class MessageList {
  #list;
  #template;
  #page;
  #entries = new Map(); // key to message, state and list item
  #reached = {}; // recipient, status: the highest id that is known to have come so far

  constructor(list, template, page) {
    this.#list = list;
    this.#template = template;
    this.#page = page;
  }

  // Show what the server sent, and tell whether it is new.
  show(message) {
    const key = keyOf(message);
    const isNew = !this.#entries.has(key);
    const entry = this.#entry(key, message);
    if (!entry.message.id || isNew) {
      entry.message = message;
      this.#place(entry);
      this.#fill(entry);
    }
    this.#advance(entry, message.status);
    for (const status of ["delivered", "read"]) {
      if (message.id <= this.#reached[`${message.recipient_id} ${status}`]) this.#advance(entry, status);
    }
    return isNew;
  }

  // Show a message of this page that the server has not confirmed; the state may also go back.
  showWaiting(message, state, problem = "") {
    const own = { ...message, sender_id: this.#page.user_id, recipient_id: this.#page.peer_id };
    const entry = this.#entry(keyOf(own), own);
    if (entry.message.id) return;
    const repaired = entry.state === "not sent" && state !== "not sent";
    if (!entry.item.isConnected || repaired) this.#place(entry);
    this.#fill(entry);
    this.#mark(entry, state, problem);
  }

  // Statuses only move forward: frames may cross, and the same message may come again.
  markUpTo(recipient_id, up_to_id, status) {
    const key = `${recipient_id} ${status}`;
    this.#reached[key] = Math.max(up_to_id, this.#reached[key] ?? 0);
    for (const entry of this.#entries.values()) {
      if (entry.message.recipient_id === recipient_id && entry.message.id <= up_to_id) this.#advance(entry, status);
    }
  }

  remove(client_id) {
    const key = keyOf({ client_id, sender_id: this.#page.user_id });
    this.#entries.get(key)?.item.remove();
    this.#entries.delete(key);
  }

  isMine(message) {
    return message.sender_id === this.#page.user_id;
  }

  has(id) {
    return this.#ids(() => true).includes(id);
  }

  get oldestId() {
    return Math.min(...this.#ids(() => true));
  }

  get newestId() {
    return Math.max(...this.#ids(() => true));
  }

  // Infinity when the other user has read everything that is shown.
  get oldestIdUnreadByPeer() {
    return Math.min(...this.#ids((entry) => this.isMine(entry.message) && entry.state !== "read"));
  }

  // 0 when this user has read everything.
  get newestIdUnread() {
    return Math.max(0, ...this.#ids((entry) => !this.isMine(entry.message) && entry.state !== "read"));
  }

  #ids(wanted) {
    return [...this.#entries.values()].filter((entry) => entry.message.id && wanted(entry)).map((e) => e.message.id);
  }

  #entry(key, message) {
    if (!this.#entries.has(key)) {
      const item = this.#template.content.firstElementChild.cloneNode(true);
      this.#entries.set(key, { message, state: STATES[0], item });
    }
    return this.#entries.get(key);
  }

  #place({ message, item }) {
    item.dataset.id = message.id ?? "";
    let before = this.#list.lastElementChild;
    while (before && (before === item || idOf(before) > idOf(item))) before = before.previousElementSibling;
    const next = before ? before.nextElementSibling : this.#list.firstElementChild;
    if (next !== item) this.#list.insertBefore(item, next);
  }

  #fill(entry) {
    const { message, item } = entry;
    item.classList.toggle("mine", this.isMine(message));
    item.querySelector("b").textContent = this.isMine(message) ? "You:" : `${this.#page.peer}:`;
    item.querySelector("span").textContent = message.content;
    item.querySelector("time").dateTime = message.created_at;
    item.querySelector("time").textContent = describeTime(message.created_at);
  }

  #advance(entry, status) {
    if (STATES.indexOf(status) > STATES.indexOf(entry.state)) this.#mark(entry, status);
  }

  #mark(entry, state, problem = "") {
    const { item } = entry;
    entry.state = item.dataset.state = state;
    item.querySelector("small").textContent = this.isMine(entry.message) ? state : "";
    item.querySelector("p").textContent = problem;
    item.querySelector("div").hidden = state !== "not sent";
    item.dataset.clientId = entry.message.client_id ?? "";
  }
}

// Two people may choose the same client_id, so it names a message only together with its sender.
function keyOf(message) {
  return message.client_id ? `${message.sender_id} ${message.client_id}` : `id ${message.id}`;
}

function idOf(item) {
  return Number(item.dataset.id || Infinity);
}
