// The other user: online or not, writing or not, and what of their messages has been read here.

import { describeTime } from "./times.js";

const TYPING_AGAIN = 3_000; // ms between two typing frames
const TYPING_ENDS = 5_000; // ms after the last one

export class Presence {
  #element;

  constructor(element) {
    this.#element = element;
  }

  show({ is_online, last_seen }) {
    this.#element.textContent = is_online ? "online" : "offline";
    this.#element.classList.toggle("online", is_online);
    this.#element.classList.toggle("offline", !is_online);
    if (!is_online && last_seen) this.#element.append(", last seen ", timeElement(last_seen));
  }

  // Without a connection nobody knows.
  clear() {
    this.#element.textContent = "";
    this.#element.classList.remove("online", "offline");
  }
}

function timeElement(iso) {
  const element = document.createElement("time");
  element.dateTime = iso;
  element.textContent = describeTime(iso);
  return element;
}

export class Typing {
  #element;
  #connection;
  #mayTellAt = 0;
  #telling = null;
  #ending = null;

  constructor(element, connection) {
    this.#element = element;
    this.#connection = connection;
  }

  // Say that this user is writing: now, or as soon as it may be said again.
  tell() {
    this.#telling ??= setTimeout(() => {
      this.#telling = null;
      this.#mayTellAt = performance.now() + TYPING_AGAIN;
      this.#connection.send({ type: "typing" });
    }, Math.max(0, this.#mayTellAt - performance.now()));
  }

  // This user has stopped: what was written is sent or deleted.
  stop() {
    clearTimeout(this.#telling);
    this.#telling = null;
  }

  // The text stays the same from frame to frame, so a screen reader reads it once.
  show(username) {
    const text = `${username} is typing`;
    if (this.#element.textContent !== text) this.#element.textContent = text;
    clearTimeout(this.#ending);
    this.#ending = setTimeout(() => this.clear(), TYPING_ENDS);
  }

  clear() {
    clearTimeout(this.#ending);
    this.#element.textContent = "";
  }
}

export class ReadReceipts {
  #connection;
  #list;
  #told = 0; // id of the message up to which the server was told

  constructor(connection, list) {
    this.#connection = connection;
    this.#list = list;
    for (const event of ["focus", "visibilitychange"]) addEventListener(event, () => this.update());
  }

  // A message on a page that nobody looks at is not read.
  update() {
    const isSeen = document.visibilityState === "visible" && document.hasFocus();
    const id = this.#list.newestIdUnread;
    if (!isSeen || !this.#connection.isIn || id <= this.#told) return;
    this.#told = id;
    this.#connection.send({ type: "read", up_to_id: id });
  }

  // The server may have missed the last one.
  retry() {
    this.#told = 0;
    this.update();
  }
}
