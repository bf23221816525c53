// The chat socket. It opens itself again, at growing intervals, until the server lets it in or says no for good.

const ANSWER = 10_000; // ms; a server that has not answered by then is not there any more
const STABLE = 30_000; // ms; a connection that lasted this long starts the intervals anew
const LONGEST = 30; // seconds between two attempts
const TURN = 8; // seconds at most until it is this page's turn, when too many come at once
const WAIT_YOUR_TURN = 4503;
const FINAL = [4400, 4401, 4403, 4404, 4429, 4430]; // messaging.protocol says what they mean

// Calls back when an answer is late; an open socket says nothing about the network behind it.
export class Deadline {
  #timer = null;
  #missed;

  constructor(missed) {
    this.#missed = missed;
  }

  start() {
    this.stop();
    this.#timer = setTimeout(this.#missed, ANSWER);
  }

  stop() {
    clearTimeout(this.#timer);
  }
}

// Random, so that the pages of a server that was away do not all come back in the same moment.
export function secondsBeforeAttempt(failures, longest = LONGEST) {
  return 1 + Math.random() * Math.min(longest - 1, 2 ** failures);
}

export class Connection {
  isIn = false; // the server has let us in; an open socket alone says less
  #url;
  #version;
  #on;
  #socket = null;
  #failures = 0;
  #joinedAt = null;
  #attempt = null;
  #answer = new Deadline(() => this.drop());

  // on: connecting(), joined(), frame(frame), lost(why, seconds until the next attempt), refused(code)
  constructor(url, version, on) {
    this.#url = url;
    this.#version = version;
    this.#on = on;
  }

  open() {
    clearTimeout(this.#attempt);
    this.#attempt = null;
    this.#on.connecting();
    this.#answer.start();
    this.#socket = new WebSocket(this.#url, [this.#version]);
    this.#socket.onmessage = (event) => this.#receive(JSON.parse(event.data));
    this.#socket.onclose = (event) => this.#closed(event.code);
  }

  // Try now instead of later; nothing happens unless an attempt is planned.
  hurry() {
    if (this.#attempt !== null) this.open();
  }

  // Frames that are not sent are not kept: whoever needs an answer asks again after joined().
  send(frame) {
    if (this.isIn) this.#socket.send(JSON.stringify(frame));
  }

  // Give up a socket whose other end is silent. Its close event would come late, after a handshake with nobody.
  drop() {
    this.#socket.onmessage = this.#socket.onclose = null;
    this.#socket.close();
    this.#lost("no answer");
  }

  #receive(frame) {
    if (frame.type === "ping") return this.#socket.send(JSON.stringify({ type: "pong", token: frame.token }));
    // The first frame of a conversation is the presence; a server that fails before it sends an error.
    if (frame.type === "presence" && !this.isIn) this.#join();
    this.#on.frame(frame);
  }

  #join() {
    this.#answer.stop();
    this.#joinedAt = Date.now();
    this.isIn = true;
    this.#on.joined();
  }

  #closed(code) {
    if (!FINAL.includes(code)) return this.#lost(`code ${code}`, code === WAIT_YOUR_TURN ? TURN : LONGEST);
    this.#leave();
    this.#on.refused(code);
  }

  #lost(why, longest = LONGEST) {
    if (this.#joinedAt !== null && Date.now() - this.#joinedAt > STABLE) this.#failures = 0;
    this.#leave();
    const seconds = secondsBeforeAttempt(this.#failures++, longest);
    this.#attempt = setTimeout(() => this.open(), seconds * 1000);
    this.#on.lost(why, seconds);
  }

  #leave() {
    this.#answer.stop();
    this.#joinedAt = null;
    this.isIn = false;
  }
}
